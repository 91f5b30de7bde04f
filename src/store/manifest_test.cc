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
  cuts.key.video_id = "clip";
  cuts.key.config_hash = "cafe";
  cuts.key.producer_version = "0.1.0+cut_detection.1";
  cuts.key.schema_version = "schema";
  cuts.key.content_sha256 = "beef";
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
  EXPECT_EQ(component["idempotency_key"], SampleManifest().components[0].key.Text());
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
  const auto parsed = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  EXPECT_EQ(parsed->components[0].key.Text(), manifest.components[0].key.Text());
  EXPECT_EQ(parsed->source, manifest.source);
  EXPECT_EQ(parsed->components[0].artifacts[0].sha256, "abc");
  EXPECT_FALSE(parsed->fault);
  EXPECT_TRUE(parsed->decode->truncated);

  manifest.status = contracts::VideoStatus::kError;
  manifest.fault = contracts::Fault{contracts::FaultCode::kDecoderStuck, "why"};
  const auto failed = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->fault->code, contracts::FaultCode::kDecoderStuck);
  EXPECT_EQ(failed->fault->reason, "why");
}

TEST(Manifest, HoldsSeveralComponents) {
  Manifest manifest = SampleManifest();
  manifest.components.push_back(manifest.components[0]);
  manifest.components[1].key.component = "core_optical_flow";
  manifest.components[1].artifacts = {{"core_optical_flow/flow.npz", 5, "def"}};
  const auto parsed = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  ASSERT_EQ(parsed->components.size(), 2U);
  EXPECT_EQ(parsed->components[1].key.Text(), manifest.components[1].key.Text());
  EXPECT_EQ(parsed->components[1].artifacts[0].sha256, "def");
}

TEST(Manifest, OneComponentMayHaveNothingToSay) {
  Manifest manifest = SampleManifest();
  manifest.components.push_back(manifest.components[0]);
  manifest.components[1].key.component = "speech_activity";
  manifest.components[1].empty_reason = contracts::EmptyReason::kAudioMissing;
  const Json document = Json::parse(ManifestDocument(manifest));
  EXPECT_EQ(document["components"][0]["status"], "success");
  EXPECT_TRUE(document["components"][0]["empty_reason"].is_null());
  EXPECT_EQ(document["components"][1]["status"], "empty");
  EXPECT_EQ(document["components"][1]["empty_reason"], "audio_missing");
  const auto parsed = ParseManifest(document.dump(), "m");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  EXPECT_EQ(parsed->status, contracts::VideoStatus::kSuccess);
  EXPECT_FALSE(parsed->empty_reason);
  EXPECT_FALSE(parsed->components[0].empty_reason);
  EXPECT_EQ(parsed->components[1].empty_reason, contracts::EmptyReason::kAudioMissing);

  std::swap(manifest.components[0], manifest.components[1]);
  const auto other_order = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(other_order);
  EXPECT_EQ(other_order->status, contracts::VideoStatus::kSuccess);

  manifest.components[1].empty_reason = contracts::EmptyReason::kVideoTooShort;
  manifest.status = contracts::VideoStatus::kEmpty;
  manifest.empty_reason = contracts::EmptyReason::kAudioMissing;
  const auto all = ParseManifest(ManifestDocument(manifest), "m");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->status, contracts::VideoStatus::kEmpty);
  EXPECT_EQ(all->empty_reason, contracts::EmptyReason::kAudioMissing);
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
