#include "store/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json_text.h"

namespace reelbatch::store {

using base::Json;

namespace {

using ::testing::HasSubstr;

Manifest SampleManifest() {
  Manifest manifest;
  ManifestComponent& cuts = manifest.components.emplace_back();
  cuts.identity = {.content_sha256 = "beef",
                   .component = "cut_detection",
                   .version = "1",
                   .config = R"({"knob":1})",
                   .schema = "schema",
                   .model_files = {},
                   .uses = {{"core_optical_flow", "f10w"}}};
  cuts.key = cuts.identity.Key();
  manifest.video_id = "clip";
  manifest.content_sha256 = "beef";
  manifest.run_id = "r-1";
  manifest.source = "/v/\xFF.mp4";
  manifest.source_bytes = 12;
  manifest.decode.emplace().truncated = true;
  cuts.notes = {"note"};
  cuts.artifacts = {{"cut_detection/cuts.json", 3, "abc"}};
  manifest.started_at_ns = 1'000'000'000;
  manifest.finished_at_ns = 3'500'000'000;
  manifest.duration_ns = 2'400'000'000;
  return manifest;
}

TEST(Manifest, HasTheFieldsOfTheSpecification) {
  const Json document = Json::parse(ManifestDocument(SampleManifest()));
  const Json& component = document["components"][0];
  for (const char* key : {"name", "kind", "status", "started_at", "finished_at", "duration_ms",
                          "artifacts", "producer_version", "schema_version", "device_used", "error",
                          "error_code", "notes", "batching"}) {
    EXPECT_TRUE(component.contains(key)) << key;
  }
  for (const char* key : {"effective_batch_size", "retries_total", "oom_retries", "queue_wait_ms",
                          "gpu_mem_peak_mb"}) {
    EXPECT_TRUE(component["batching"].contains(key)) << key;
  }
  EXPECT_EQ(component["started_at"], "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(component["duration_ms"], 2400);
  EXPECT_EQ(component["key"], SampleManifest().components[0].key);
  EXPECT_EQ(component["component_version"], "1");
  EXPECT_EQ(component["config"]["knob"], 1);
  EXPECT_EQ(component["uses"]["core_optical_flow"], "f10w");
  EXPECT_TRUE(component["linked_from"].is_null());
  EXPECT_EQ(document["source"]["path"], "/v/\xEF\xBF\xBD.mp4");
  EXPECT_EQ(document["source"]["uri"], "file:///v/%FF.mp4");
}

TEST(Manifest, SaysWhichPresetAndWhy) {
  Manifest manifest = SampleManifest();
  EXPECT_TRUE(Json::parse(ManifestDocument(manifest))["components"][0]["preset"].is_null());
  manifest.components[0].preset = "quality";
  manifest.components[0].preset_reason = "--preset";
  manifest.components[0].knobs = R"({"ssim_max_side":640,"flow_max_side":384})";
  const Json component = Json::parse(ManifestDocument(manifest))["components"][0];
  EXPECT_EQ(component["preset"], "quality");
  EXPECT_EQ(component["preset_reason"], "--preset");
  EXPECT_EQ(component["knobs"]["ssim_max_side"], 640);
  EXPECT_EQ(component["knobs"]["flow_max_side"], 384);
  EXPECT_TRUE(component["batching"]["queue_wait_ms"].is_null());
}

TEST(Manifest, AFixedClockHasNoDuration) {
  Manifest manifest = SampleManifest();
  manifest.finished_at_ns = manifest.started_at_ns;
  EXPECT_EQ(Json::parse(ManifestDocument(manifest))["components"][0]["duration_ms"], 0);
}

TEST(Manifest, SaysWhatWasExpectedAndWhatCame) {
  Manifest manifest = SampleManifest();
  manifest.costs = {
      {.component = "decode",
       .part = "h264",
       .bucket = "1280x720",
       .units = 250,
       .cpu = std::chrono::microseconds(123456),
       .predicted_ms = 120.5,
       .predicted_from = "exact"},
      {.component = "cut_detection", .bucket = "1280x720", .predicted_from = "no cost row"}};
  const auto parsed = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  ASSERT_EQ(parsed->costs.size(), 2U);
  EXPECT_EQ(parsed->costs[0].part, "h264");
  EXPECT_EQ(parsed->costs[0].cpu, std::chrono::microseconds(123456));
  EXPECT_EQ(parsed->costs[0].predicted_ms, 120.5);
  EXPECT_FALSE(parsed->costs[1].cpu);
  EXPECT_FALSE(parsed->costs[1].predicted_ms);
  manifest.finished_at_ns = manifest.started_at_ns;
  EXPECT_TRUE(Json::parse(ManifestDocument(manifest))["costs"].empty())
      << "a fixed clock: the same bytes every time";
}

TEST(Manifest, ReadsBackWhatItWrote) {
  Manifest manifest = SampleManifest();
  manifest.components[0].models_used = {{.model_name = "net", .files_digest = "sha256:1"}};
  const auto parsed = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  const ManifestComponent& cuts = parsed->components[0];
  EXPECT_EQ(cuts.key, manifest.components[0].key);
  EXPECT_EQ(cuts.identity.config, manifest.components[0].identity.config);
  EXPECT_EQ(cuts.identity.uses, manifest.components[0].identity.uses);
  EXPECT_EQ(cuts.models_used[0].files_digest, "sha256:1");
  EXPECT_EQ(parsed->source, manifest.source);
  EXPECT_EQ(cuts.artifacts[0].sha256, "abc");
  EXPECT_TRUE(cuts.finished());
  EXPECT_TRUE(parsed->decode->truncated);

  manifest.components[0].fault = contracts::Fault{contracts::FaultCode::kDecoderStuck, "why"};
  const auto failed = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(failed);
  EXPECT_FALSE(failed->components[0].finished());
  EXPECT_EQ(failed->components[0].fault->code, contracts::FaultCode::kDecoderStuck);
  EXPECT_EQ(failed->components[0].fault->reason, "why");
  EXPECT_TRUE(failed->components[0].key.empty()) << "an error is no result";
}

TEST(Manifest, AComponentThatWasReadIsWrittenAgainAsItWas) {
  const std::string first = ManifestDocument(SampleManifest());
  auto parsed = ParseManifest(first, "m");
  ASSERT_TRUE(parsed);
  parsed->started_at_ns = 9'000'000'000;
  parsed->components[0].linked_from = "local/clip/r-0";
  Json expected = Json::parse(first);
  expected["components"][0]["linked_from"] = "local/clip/r-0";
  EXPECT_EQ(Json::parse(ManifestDocument(*parsed))["components"], expected["components"]);
}

TEST(Manifest, HoldsSeveralComponents) {
  Manifest manifest = SampleManifest();
  manifest.components.push_back(manifest.components[0]);
  manifest.components[1].identity.component = "core_optical_flow";
  manifest.components[1].artifacts = {{"core_optical_flow/flow.npz", 5, "def"}};
  const auto parsed = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  ASSERT_NE(parsed->Find("core_optical_flow"), nullptr);
  EXPECT_EQ(parsed->Find("core_optical_flow")->artifacts[0].sha256, "def");
  EXPECT_EQ(parsed->Find("speech_activity"), nullptr);
}

TEST(Manifest, OneComponentMayHaveNothingToSay) {
  Manifest manifest = SampleManifest();
  manifest.components.push_back(manifest.components[0]);
  manifest.components[1].identity.component = "speech_activity";
  manifest.components[1].empty_reason = contracts::EmptyReason::kAudioMissing;
  const Json document = Json::parse(ManifestDocument(manifest));
  EXPECT_EQ(document["components"][0]["status"], "success");
  EXPECT_TRUE(document["components"][0]["empty_reason"].is_null());
  EXPECT_EQ(document["components"][1]["status"], "empty");
  EXPECT_EQ(document["components"][1]["empty_reason"], "audio_missing");
  const auto parsed = ParseManifest(document.dump(), "m");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  EXPECT_FALSE(parsed->components[0].empty_reason);
  EXPECT_EQ(parsed->components[1].empty_reason, contracts::EmptyReason::kAudioMissing);
}

TEST(Manifest, AResultsDigestNamesItsFiles) {
  const std::vector<ArtifactEntry> one = {{"a", 1, "x"}};
  const std::vector<ArtifactEntry> other = {{"a", 1, "y"}};
  const std::vector<ArtifactEntry> moved = {{"b", 1, "x"}};
  EXPECT_NE(ResultDigest(one), ResultDigest(other));
  EXPECT_NE(ResultDigest(one), ResultDigest(moved));
}

TEST(Manifest, ErrorsNameTheField) {
  const std::string good = ManifestDocument(SampleManifest());
  const auto broken = [&](auto&& damage) {
    Json document = Json::parse(good);
    damage(document);
    const auto parsed = ParseManifest(document.dump(), "m");
    EXPECT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, base::Code::kCorrupt);
    return parsed.error().Text();
  };
  EXPECT_THAT(broken([](Json& j) { j["components"] = Json::array(); }),
              HasSubstr("m: components: must be"));
  EXPECT_THAT(broken([](Json& j) { j["components"][0]["status"] = "done"; }),
              HasSubstr("m: components[0].status: must be"));
  EXPECT_THAT(broken([](Json& j) { j["components"][0]["error_code"] = "x"; }),
              HasSubstr("error_code: must be"));
  EXPECT_THAT(broken([](Json& j) { j["components"][0]["empty_reason"] = "x"; }),
              HasSubstr("empty_reason: must"));
  EXPECT_THAT(broken([](Json& j) { j["source"]["uri"] = "clip.mp4"; }),
              HasSubstr("source.uri: must be"));
  EXPECT_THAT(broken([](Json& j) { j["components"][0]["artifacts"][0].erase("sha256"); }),
              HasSubstr("artifacts[0].sha256: is missing; it must be a text"));
}

}  // namespace
}  // namespace reelbatch::store
