#include <gmock/gmock.h>

#include "costs/bench_json.h"
#include "costs/origin_json.h"
#include "costs/table_json.h"
#include "costs/test_rows.h"
#include "costs/v1_tables.h"

namespace reelbatch::costs {
namespace {

using testing::HasSubstr;

constexpr const char* kV1 = R"json({
 "schema_version": "resource_costs_cut_detection_v1", "generated_at": "2026-01-09T06:52:03Z",
 "repo": {"commit": "7c2cfe26", "dirty": false}, "generated_from": "hard/matrix_results.json",
 "matrix": {"fps": 30, "n_frames": 64, "short_sides": [160, 720]},
 "costs": [
  {"component": "cut_detection.detect_hard_cuts(cpu_no_deep)", "unit": "frame_pair", "aspect": "16:9", "short_side": 720, "width": 1280,
   "height": 720, "preset": "default", "knobs": {"ssim_max_side": 512, "flow_max_side": 320, "hard_cuts_cascade": false, "keep": null},
   "metrics": {"latency_ms_mean_stable_per_unit": 48.33, "cpu_rss_peak_mb": 353.4, "gpu_vram_peak_mb": null, "spikes": 0},
   "provenance": {"out_json": "hard/16x9_720_default.json", "host": "box"}},
  {"component": "cut_detection", "unit": "frame_pair", "aspect": "9:16", "short_side": 160, "width": 160, "height": 284, "preset": "fast",
   "knobs": {}, "metrics": {"latency_ms_mean_stable_per_unit": 4.08, "cpu_rss_peak_mb": "N/A", "gpu_vram_peak_mb": "N/A",
   "spikes": {"n": 1}, "odd": [1]}, "provenance": {"out_json": "/tmp/x.json"}}]})json";

constexpr const char* kMicro = R"json({
 "created_at": "2026-01-09", "repo": {"commit": "7c2cfe26", "dirty": true}, "system": {"cpu": "x"},
 "protocol": {"mode": "micro_components", "warmup": 1, "repeats": 3, "runs": 1, "sampler_interval_ms": 5, "spike_mad_k": 4},
 "synthetic_input": {"width": 1280, "height": 720, "fps": 30, "n_frames": 64},
 "results": {
  "cut_detection.detect_hard_cuts(cpu_no_deep)": {"status": "ok", "error": null, "warmup": 1, "repeats": 3, "runs": 1, "units_per_call": 63,
   "latency_ms_samples_total_call": [3044.5, 3050.25, 3100.125], "latency_stats_total_call": {"n": 3, "mean": 3064.9},
   "latency_ms_mean_stable_total_call": 3044.79, "latency_ms_mean_stable_per_unit": 48.33, "spikes": 0, "cpu_rss_peak_mb": 353.4, "gpu_vram_peak_mb": null},
  "feature_ssim_only": {"status": "error", "error": "boom", "units_per_call": 63, "latency_ms_mean_stable_per_unit": null, "spikes": 0,
   "cpu_rss_peak_mb": null, "gpu_vram_peak_mb": null}}})json";

constexpr const char* kMatrix = R"json({
 "created_at": "2026-01-09", "matrix": {"short_sides": [720], "aspects": ["16:9"], "fps": 30, "n_frames": 64, "warmup": 1, "repeats": 3, "runs": 1,
  "presets": [{"name": "fast", "ssim_max_side": 384, "flow_max_side": 256, "hard_cuts_cascade": true, "hard_cuts_cascade_keep_top_p": 0.25,
  "hard_cuts_cascade_hist_margin": 0}], "only": "hard", "metric_key": "cut_detection.detect_hard_cuts(cpu_no_deep)"},
 "results": [{"aspect": "16:9", "short_side": 720, "width": 1280, "height": 720, "preset": "fast", "out_json": "a/b.json",
  "metric": {"latency_ms_mean_stable_per_unit": 7.68, "cpu_rss_peak_mb": 300.5, "gpu_vram_peak_mb": null, "spikes": 2, "p50": 7.6}}]})json";

/// Through our own format and back.
contracts::CostTable Through(const base::Result<LoadedTable>& loaded) {
  EXPECT_TRUE(loaded) << loaded.error().Text();
  const auto again = ParseTable(WriteTable(loaded->table), "v2");
  EXPECT_TRUE(again) << again.error().Text();
  return again->table;
}

std::string V1With(const std::string& from, const std::string& to) {
  std::string text = kV1;
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(Origin, V1ComesBackAsItWas) {
  const auto loaded = ImportV1(kV1, "v1.json", "seed");
  const contracts::CostTable table = Through(loaded);
  ASSERT_EQ(table.rows.size(), 2U);
  const contracts::CostRow& row = table.rows[0];
  EXPECT_EQ(row.subject->component, "cut_detection");
  EXPECT_EQ(row.subject->component_part, "detect_hard_cuts(cpu_no_deep)");
  EXPECT_EQ(row.latency_ms_per_unit, 48.33);
  EXPECT_FALSE(row.gpu_memory_per_task_mb);
  EXPECT_EQ(row.provenance->commit, "7c2cfe26");
  EXPECT_EQ(row.provenance->path, "hard/16x9_720_default.json");
  EXPECT_EQ(row.device->id, "seed");
  EXPECT_EQ(table.rows[1].subject->component_part, "detect_hard_cuts(cpu_no_deep)")
      << "by the table's own name";
  EXPECT_THAT(loaded->warnings,
              testing::ElementsAre(HasSubstr("'/tmp/x.json' is outside of the folder")));
  const auto out = ExportV1(table, V1Part::kHard);
  ASSERT_TRUE(out) << out.error().Text();
  EXPECT_EQ(Json::parse(*out), Json::parse(kV1));
}

TEST(Origin, MicroComesBackAsItWas) {
  const contracts::CostTable table = Through(ImportMicro(kMicro, "micro.json", "seed"));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].units_per_call, 63);
  EXPECT_THAT(table.rows[0].samples_ms, testing::ElementsAre(3044.5, 3050.25, 3100.125));
  EXPECT_EQ(table.rows[0].bucket.short_side, 720);
  EXPECT_TRUE(table.rows[0].provenance->dirty);
  EXPECT_EQ(table.rows[1].subject->component_part, "feature_ssim_only");
  EXPECT_FALSE(table.rows[1].latency_ms_per_unit) << "it failed there: not measured";
  EXPECT_EQ(Json::parse(*ExportMicro(table)), Json::parse(kMicro))
      << "parts without a component, too";
}

TEST(Origin, MatrixComesBackAsItWas) {
  const auto loaded = ImportMatrix(kMatrix, "matrix.json", "seed");
  const contracts::CostTable table = Through(loaded);
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].subject->preset, "fast");
  EXPECT_EQ(table.rows[0].subject->knobs.at("flow_max_side"), contracts::KnobValue(int64_t{256}));
  EXPECT_EQ(table.rows[0].spikes, 2);
  EXPECT_THAT(loaded->warnings, testing::ElementsAre(HasSubstr("no commit")));
  EXPECT_EQ(Json::parse(*ExportMatrix(table)), Json::parse(kMatrix));
}

TEST(Origin, ASourceThatNobodyKnowsIsStillOne) {
  const auto loaded =
      ImportV1(V1With("\"out_json\": \"hard/16x9_720_default.json\", ", ""), "v1.json", "seed");
  EXPECT_EQ(Through(loaded).rows.size(), 2U);
  const auto bare = ImportV1(V1With("\"commit\": \"7c2cfe26\", ", ""), "v1.json", "seed");
  EXPECT_EQ(Through(bare).rows.size(), 2U);
}

TEST(Origin, IsKnownByWhatItHolds) {
  for (const char* text : {kV1, kMicro, kMatrix}) {
    const auto loaded = ImportAny(text, "any.json", "seed");
    EXPECT_TRUE(loaded) << loaded.error().Text();
  }
  EXPECT_THAT(ImportAny("{}", "any.json", "seed").error().Text(),
              HasSubstr("any.json: is not a known cost table"));
  EXPECT_TRUE(ImportAny(WriteTable({}), "any.json", "seed"));
}

TEST(Origin, NamesWhatIsWrong) {
  const auto error = [](const std::string& text) {
    const auto loaded = ImportV1(text, "v1.json", "seed");
    return loaded ? std::string("no error") : loaded.error().Text();
  };
  EXPECT_THAT(error("{"), HasSubstr("v1.json: is JSON that ends early, in line 1"));
  EXPECT_THAT(error("[]"), HasSubstr("must be an object"));
  EXPECT_THAT(
      error(V1With("48.33", "-1")),
      HasSubstr(
          "v1.json: costs[0].metrics.latency_ms_mean_stable_per_unit: must be a number from 0"));
  EXPECT_THAT(error(V1With("48.33", "NaN")), HasSubstr("is not valid JSON in line"));
  EXPECT_THAT(error(V1With("\"short_side\": 720,", "\"short_side\": 7.5,")),
              HasSubstr("costs[0].short_side: must be a whole number"));
  EXPECT_THAT(error(V1With("cut_detection_v1", "cut_detection_v9")),
              HasSubstr("schema_version: is 'resource_costs_cut_detection_v9'"));
  EXPECT_THAT(error(V1With("\"spikes\": 0", "\"spikes\": 0, \"spikes\": 1")),
              HasSubstr("'spikes' is given twice"));
  EXPECT_THAT(error(V1With("\"16:9\"", "\"4:3\"")), HasSubstr("costs[0].aspect: must be"));
  EXPECT_THAT(error(V1With("353.4", "1e300")), HasSubstr("cpu_rss_peak_mb: must be a number"));
  EXPECT_EQ(ExportV1({}, V1Part::kSoft).error().code, base::Code::kInvalidArgument);
  EXPECT_EQ(ExportMicro({}).error().code, base::Code::kInvalidArgument);
  EXPECT_EQ(ExportMatrix({}).error().code, base::Code::kInvalidArgument);
}

TEST(Origin, AnObjectThatIsNoneIsAnError) {
  for (
      const char* text :
      {R"({"synthetic_input": {"width": 1, "height": 1}, "results": {"a": 4}})",
       R"({"matrix": 3, "results": [7]})",
       R"({"matrix": {}, "results": [{"aspect": "16:9", "short_side": 1, "width": 1, "height": 1, "preset": "", "metric": 1}]})",
       R"({"schema_version": "resource_costs_cut_detection_v1", "repo": 1, "costs": [1]})"}) {
    EXPECT_EQ(ImportAny(text, "t", "seed").error().code, base::Code::kCorrupt) << text;
  }
}

TEST(Origin, EveryTruncationIsAnError) {
  for (const std::string text : {kV1, kMicro, kMatrix}) {
    for (size_t length = 0; length < text.size(); length += 7)
      EXPECT_FALSE(ImportAny(text.substr(0, length), "t", "seed")) << length;
  }
}

TEST(Origin, RowsThatContradictEachOtherAreAnError) {
  Json document = Json::parse(kV1);
  document["costs"].push_back(document["costs"][0]);
  const auto repeated = ImportV1(document.dump(), "v1.json", "seed");
  ASSERT_TRUE(repeated) << repeated.error().Text();
  EXPECT_EQ(repeated->table.rows.size(), 2U);
  EXPECT_THAT(repeated->warnings,
              testing::Contains(HasSubstr("v1.json: costs[2]: repeats costs[0]")));
  document["costs"][2]["metrics"]["latency_ms_mean_stable_per_unit"] = 50;
  const auto contradicted = ImportV1(document.dump(), "v1.json", "seed");
  ASSERT_FALSE(contradicted);
  EXPECT_THAT(contradicted.error().Text(), HasSubstr("v1.json: costs[2]: contradicts costs[0]"));
  Json matrix = Json::parse(kMatrix);
  matrix["results"].push_back(matrix["results"][0]);
  matrix["results"][1]["metric"]["cpu_rss_peak_mb"] = 1;
  EXPECT_THAT(ImportMatrix(matrix.dump(), "m.json", "seed").error().Text(),
              HasSubstr("m.json: results[1]: contradicts"));
}

TEST(Origin, ANameIsNeeded) {
  for (const char* name : {"", ".part"}) {
    Json document = Json::parse(kV1);
    document["costs"][0]["component"] = name;
    EXPECT_THAT(ImportV1(document.dump(), "v1.json", "seed").error().Text(),
                HasSubstr("costs[0].component: must begin with a component"));
    Json micro = Json::parse(kMicro);
    micro["results"][name] = micro["results"]["feature_ssim_only"];
    EXPECT_THAT(ImportMicro(micro.dump(), "micro.json", "seed").error().Text(),
                HasSubstr("must begin with a component"));
    Json matrix = Json::parse(kMatrix);
    matrix["matrix"]["metric_key"] = name;
    EXPECT_THAT(ImportMatrix(matrix.dump(), "m.json", "seed").error().Text(),
                HasSubstr("m.json: matrix.metric_key: must begin with a component"));
  }
  Json document = Json::parse(kV1);
  document["costs"][0]["unit"] = "";
  EXPECT_THAT(ImportV1(document.dump(), "v1.json", "seed").error().Text(),
              HasSubstr("costs[0].unit: must not be empty"));
}

TEST(Origin, AMatrixKeepsToTheTwoAspectsAndItsFolder) {
  Json matrix = Json::parse(kMatrix);
  matrix["results"][0]["out_json"] = "..";
  EXPECT_THAT(ImportMatrix(matrix.dump(), "m.json", "seed")->warnings,
              testing::Contains(HasSubstr("results[0].out_json '..' is outside of the folder")));
  matrix["results"][0]["aspect"] = "4:3";
  EXPECT_THAT(ImportMatrix(matrix.dump(), "m.json", "seed").error().Text(),
              HasSubstr("m.json: results[0].aspect: must be"));
}

TEST(Origin, NothingIsNestedWithoutEnd) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const char* text : {kV1, kMicro, kMatrix}) {
    const std::string document =
        std::string(text).insert(std::string(text).find('{') + 1, "\"later\": " + deep + ", ");
    EXPECT_THAT(ImportAny(document, "t.json", "seed").error().Text(),
                HasSubstr("t.json: is nested deeper than"));
  }
}

TEST(Origin, SaysWhereTheTextBreaksOff) {
  const std::string text = kV1;
  EXPECT_THAT(ImportV1(text.substr(0, text.find("\"spikes\"")), "v1.json", "seed").error().Text(),
              HasSubstr("line 8"));
}

TEST(Origin, StepsThatNoImportWroteAreNotTaken) {
  contracts::CostTable table = ImportV1(kV1, "v1.json", "seed")->table;
  const Json plain = Json::parse(*ExportV1(table, V1Part::kHard));
  for (const char* steps : {R"([{"op": "replace", "path": "", "value": 3}])",
                            R"([{"op": "copy", "from": "/matrix", "path": "/matrix/a"}])", "7",
                            R"([{"op": "remove", "path": ""}])", R"([[]])"}) {
    table.extra = std::string("{\"v1\": ") + steps + "}";
    table.rows[0].extra = table.extra;
    const auto out = ExportV1(table, V1Part::kHard);
    ASSERT_TRUE(out) << steps;
    EXPECT_EQ(Json::parse(*out)["schema_version"], plain["schema_version"]) << steps;
    EXPECT_EQ(Json::parse(*out)["costs"].size(), 2U);
  }
}

TEST(Origin, OneCellIsOneRowOfTheOrigin) {
  RowMaker maker("detect_hard_cuts(cpu_no_deep)", "here");
  contracts::CostTable table;
  table.rows = {maker.At(1280, 720, 1), maker.At(1280, 720, 2)};
  table.rows[1].input_kind = contracts::InputKind::kNoise;
  for (const auto& out :
       {ExportV1(table, V1Part::kHard), ExportMicro(table), ExportMatrix(table)}) {
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, base::Code::kInvalidArgument);
    EXPECT_THAT(out.error().message, HasSubstr("--input"));
  }
  table.rows.pop_back();
  EXPECT_TRUE(ExportV1(table, V1Part::kHard));
  EXPECT_TRUE(ExportMicro(table));
  EXPECT_TRUE(ExportMatrix(table));
}

}  // namespace
}  // namespace reelbatch::costs
