#include "costs/table_json.h"

#include <gmock/gmock.h>

#include "costs/test_rows.h"

namespace reelbatch::costs {
namespace {

using testing::HasSubstr;

std::string Document(std::string_view rows, std::string_view unit = "MiB") {
  return std::string(R"({"schema_version": "reelbatch_costs_v2", "memory_unit": ")") +
         std::string(unit) + R"(",
"devices": {"here": {"cpu_model": "CPU", "cores": 2, "ram_mb": 1024}},
"sources": {"s": {"path": "a.json", "commit": "abc", "date": "2026-01-01"}},
"subjects": {"x": {"component": "c", "unit": "frame", "knobs": {"a": 1, "b": true, "c": 0.5, "d": "t"}}},
"rows": [)" +
         std::string(rows) + "]}";
}

std::string Row(std::string_view more) {
  return R"({"subject": "x", "device": "here", "source": "s")" + std::string(more) + "}";
}

std::string ErrorOf(const std::string& text) {
  const auto loaded = ParseTable(text, "t.json");
  if (loaded) return "no error";
  EXPECT_EQ(loaded.error().code, base::Code::kCorrupt);
  return loaded.error().Text();
}

TEST(TableJson, ReadsARow) {
  const auto loaded = ParseTable(
      Document(Row(
          R"(, "bucket": {"width": 1280, "height": 720, "fps": 30, "short_side": 720, "aspect": "16:9"},
    "input": "real", "threads": 2, "concurrency": 3, "isa": "avx2", "latency_ms_per_unit": 1.5, "cpu_rss_peak_mb": 20, "gpu_memory_per_task_mb": "N/A",
    "units_per_call": 63, "samples_ms": [94, 95.5], "noisy": true, "points": [{"batch": 1, "ms": 2, "peak_mb": null}, {"batch": 4, "ms": 5, "peak_mb": 7}],
    "terms": [{"driver": "mpx", "ms": 0.5}])")),
      "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  EXPECT_THAT(loaded->warnings, testing::IsEmpty());
  const contracts::CostRow& row = loaded->table.rows.at(0);
  EXPECT_EQ(row.subject->component, "c");
  EXPECT_EQ(row.subject->knobs.at("a"), contracts::KnobValue(int64_t{1}));
  EXPECT_EQ(row.subject->knobs.at("b"), contracts::KnobValue(true));
  EXPECT_EQ(row.subject->knobs.at("c"), contracts::KnobValue(0.5));
  EXPECT_EQ(row.device->id, "here");
  EXPECT_EQ(row.device->ram_mb, 1024);
  EXPECT_EQ(row.provenance->commit, "abc");
  EXPECT_EQ(row.bucket.short_side, 720);
  EXPECT_EQ(row.input_kind, contracts::InputKind::kReal);
  EXPECT_EQ(row.concurrency, 3);
  EXPECT_EQ(row.cpu_rss_peak_mb, 20);
  EXPECT_FALSE(row.gpu_memory_per_task_mb) << "N/A is not 0";
  EXPECT_THAT(row.samples_ms, testing::ElementsAre(94, 95.5));
  EXPECT_TRUE(row.noisy);
  EXPECT_FALSE(row.points.at(0).peak_mb);
  EXPECT_EQ(row.points.at(1).peak_mb, 7);
  EXPECT_EQ(row.terms.at(0).driver, "mpx");
}

TEST(TableJson, WritesWhatItReads) {
  RowMaker maker("detect \"hard\"", "here");
  maker.subject.needs = {"a", "b"};
  maker.subject.max_batch_size_component = 16;
  contracts::CostTable table;
  table.rows = {maker.At(1280, 720, 1.0 / 3), maker.At(569, 320, 1e-7)};
  table.rows[0].samples_ms = {0.1F, 2};
  table.rows[0].quality = std::make_shared<contracts::CostQuality>(
      contracts::CostQuality{.f1_truth = 0.9, .f1_default = {}, .report = "r.json"});
  table.rows[1].points = {{.batch = 1, .ms = 2, .peak_mb = 3.5}};
  maker.subject.notes = "another";
  table.rows.push_back(maker.At(1280, 720, 2));
  table.summaries.push_back({.subject = table.rows[0].subject,
                             .device = table.rows[0].device,
                             .provenance = table.rows[0].provenance,
                             .buckets = 12,
                             .p50_ms = 47.35});
  const std::string text = WriteTable(table);
  const auto loaded = ParseTable(text, "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text() << text;
  EXPECT_EQ(WriteTable(loaded->table), text);
  ASSERT_EQ(loaded->table.rows.size(), 3U);
  EXPECT_EQ(loaded->table.rows[0].latency_ms_per_unit, 1.0 / 3);
  EXPECT_EQ(loaded->table.rows[0].samples_ms, table.rows[0].samples_ms);
  EXPECT_EQ(loaded->table.rows[0].subject, loaded->table.rows[1].subject)
      << "one block for equal subjects";
  EXPECT_EQ(loaded->table.rows[2].subject->notes, "another");
  EXPECT_EQ(loaded->table.summaries.at(0).p50_ms, 47.35);
}

TEST(TableJson, MegabytesBecomeMebibytes) {
  const auto loaded = ParseTable(Document(Row(R"(, "cpu_rss_peak_mb": 1048.576)"), "MB"), "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  EXPECT_NEAR(*loaded->table.rows[0].cpu_rss_peak_mb, 1000, 1e-9);
  EXPECT_THAT(loaded->warnings, testing::ElementsAre(HasSubstr("MiB")));
  EXPECT_THAT(ErrorOf(Document("", "GB")), HasSubstr("t.json: memory_unit: must be \"MiB\""));
}

TEST(TableJson, KeepsWhatNobodyKnows) {
  const auto loaded = ParseTable(
      Document(
          Row(R"(, "later": {"a": [1, "x"]}, "bucket": {"width": 4, "height": 3, "depth": 9})") +
          "," + Row(R"(, "threads": 2, "later": 2)")),
      "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  EXPECT_EQ(loaded->warnings.size(), 2U) << "each name once";
  EXPECT_THAT(loaded->warnings[0], HasSubstr("rows[0]: 'later' is not a known field"));
  const std::string text = WriteTable(loaded->table);
  EXPECT_THAT(text, HasSubstr(R"("later": {"a": [1, "x"]})"));
  EXPECT_THAT(text, HasSubstr(R"("depth": 9)"));
  EXPECT_EQ(WriteTable(ParseTable(text, "again")->table), text);
}

TEST(TableJson, NamesWhatIsWrong) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("t.json: is empty, but must be a JSON file"));
  EXPECT_THAT(ErrorOf("a shopping list"), HasSubstr("t.json: is not a JSON file"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("t.json: must be an object"));
  EXPECT_THAT(ErrorOf(R"({"schema_version": "resource_costs_cut_detection_v1"})"),
              HasSubstr("schema_version: is 'resource_costs_cut_detection_v1', but must be "
                        "reelbatch_costs_v2 (`reelbatch-lab costs import`"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("schema_version: is missing"));
  EXPECT_THAT(
      ErrorOf(Document(Row(R"(, "latency_ms_per_unit": -1)"))),
      HasSubstr("t.json: rows[0].latency_ms_per_unit: must be from 0 to 3600000, but is -1"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "latency_ms_per_unit": 1e300)"))),
              HasSubstr("must be from 0"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "latency_ms_per_unit": NaN)"))),
              HasSubstr("rows[0].latency_ms_per_unit: must be a number, but is NaN"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "latency_ms_per_unit": Infinity)"))),
              HasSubstr("must be a number"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "latency_ms_per_unit": "1")"))),
              HasSubstr("must be a number, but is \"1\""));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "threads": 0)"))),
              HasSubstr("rows[0].threads: must be from 1"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "threads": 1.5)"))), HasSubstr("must be a whole number"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "threads": 2, "isa": "a", "threads": 2)"))),
              HasSubstr("rows[0].threads: is given twice"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "bucket": {"width": 70000})"))),
              HasSubstr("rows[0].bucket.width: must be"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "input": "music")"))),
              HasSubstr("must be \"noise\" or \"real\""));
  EXPECT_THAT(
      ErrorOf(Document(Row(R"(, "points": [{"batch": 2, "ms": 1}, {"batch": 2, "ms": 1}])"))),
      HasSubstr("rows[0].points[1].batch: must increase from point to point"));
  EXPECT_THAT(ErrorOf(Document(R"({"subject": "y", "device": "here", "source": "s"})")),
              HasSubstr("rows[0].subject: 'y' does not exist in this file"));
  EXPECT_THAT(ErrorOf(Document(R"({"subject": "x", "device": "here"})")),
              HasSubstr("rows[0].source: is missing"));
  EXPECT_THAT(ErrorOf(Document("3")), HasSubstr("rows[0]: must be an object"));
  const std::string whole = Document(Row(R"(, "threads": 2)"));
  EXPECT_THAT(ErrorOf(whole + " x"), HasSubstr("t.json"));
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(ErrorOf(whole.substr(0, length)), "no error") << length;
  }
}

TEST(TableJson, RepeatedRowsAreLeftOutAndContradictionsRejected) {
  const std::string row = Row(R"(, "latency_ms_per_unit": 1)");
  const auto loaded = ParseTable(Document(row + "," + row + "," + row), "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  EXPECT_EQ(loaded->table.rows.size(), 1U);
  EXPECT_EQ(loaded->warnings.size(), 2U);
  EXPECT_THAT(ErrorOf(Document(row + "," + Row(R"(, "latency_ms_per_unit": 2)"))),
              HasSubstr("rows[1]: contradicts rows[0]"));
}

TEST(TableJson, DevicesOfWhichNothingIsKnownStayApart) {
  RowMaker maker("detect_hard_cuts(cpu_no_deep)", "seed");
  contracts::CostTable table;
  table.rows.push_back(maker.At(1280, 720, 48));
  maker.profile.id = "imported";
  table.rows.push_back(maker.At(1280, 720, 2));
  const auto loaded = ParseTable(WriteTable(table), "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  ASSERT_EQ(loaded->table.rows.size(), 2U);
  EXPECT_EQ(loaded->table.rows[0].device->id, "seed");
  EXPECT_EQ(loaded->table.rows[1].device->id, "imported");
}

TEST(TableJson, NullIsTheWholeWord) {
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "latency_ms_per_unit": nullx)"))),
              HasSubstr("rows[0].latency_ms_per_unit: must be a number, but is nullx"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "cpu_rss_peak_mb": "N/A ")"))),
              HasSubstr("must be a number"));
}

TEST(TableJson, AMemberThatNobodyKnowsIsThereOnce) {
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "later": 1, "later": 2)"))),
              HasSubstr("rows[0].later: is given twice"));
}

TEST(TableJson, SaysWhereTheTextBreaksOff) {
  const std::string whole = Document(Row("") + ",\n" + Row(R"(, "threads": 2)"));
  const size_t third = whole.find("\"threads\"");
  EXPECT_THAT(ErrorOf(whole.substr(0, third + 4)), HasSubstr("line 6"));
  EXPECT_THAT(ErrorOf(whole.substr(0, third)), HasSubstr("line 6"));
  EXPECT_THAT(ErrorOf(Document(Row(R"(, "later": {"a": tru}})"))), HasSubstr("line 5"));
}

TEST(TableJson, WhatNobodyKnowsIsNotNestedWithoutEnd) {
  const std::string deep(100'000, '[');
  EXPECT_THAT(ErrorOf(Document(Row(", \"later\": " + deep + std::string(deep.size(), ']')))),
              HasSubstr("rows[0].later: is nested deeper than"));
}

TEST(TableJson, ManyRepeatsTakeNoLonger) {
  std::string rows = Row("");
  for (int k = 0; k < 100'000; ++k) rows += "," + Row("");
  const auto loaded = ParseTable(Document(rows), "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  EXPECT_EQ(loaded->table.rows.size(), 1U);
}

TEST(TableJson, RepeatsAreFoundBetweenRowsThatAreAlmostTheSame) {
  const auto at = [](std::string_view fps) {
    return Row(R"(, "latency_ms_per_unit": 1, "bucket": {"width": 4, "height": 3, "fps": )" +
               std::string(fps) + "}");
  };
  const auto loaded =
      ParseTable(Document(at("29.97") + "," + at("29.9701") + "," + at("29.97")), "t.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  EXPECT_EQ(loaded->table.rows.size(), 2U);
}

}  // namespace
}  // namespace reelbatch::costs
