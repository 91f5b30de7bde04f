#include "store/manifest_v1.h"

#include <gtest/gtest.h>

#include <map>

#include "base/hash.h"
#include "store/manifest.h"
#include "store/test_support.h"

namespace reelbatch::store {

using base::Json;

namespace {

namespace fs = std::filesystem;

Json Recorded(const std::string& name) {
  const fs::path file =
      fs::path(REELBATCH_SOURCE_DIR) / "tests/fixtures/manifest_v1/manifests" / (name + ".json");
  return Json::parse(testing::Slurp(file));
}

Manifest Parsed(const std::string& name) {
  auto manifest = ParseManifest(Recorded(name).dump(), name);
  EXPECT_TRUE(manifest) << name << ": " << manifest.error().Text();
  return manifest ? std::move(*manifest) : Manifest();
}

TEST(ManifestV1, EveryRecordedOneIsReadAndMarked) {
  for (const char* name : {"default", "flow", "seed", "beside", "fast", "sampled", "crop",
                           "deadline", "models", "silent", "error", "empty"}) {
    const Manifest manifest = Parsed(name);
    EXPECT_TRUE(manifest.translated) << name;
    for (const ManifestComponent& made : manifest.components) {
      EXPECT_EQ(made.finished(), std::string(name) != "error") << name;
      EXPECT_EQ(made.key, made.finished() ? made.identity.Key() : "") << name;
      EXPECT_NE(made.identity.version, "") << name;
    }
  }
}

TEST(ManifestV1, CutDetectionAloneKeepsItsConfigurationAndItsHash) {
  for (const char* name : {"default", "seed", "sampled", "deadline", "flow"}) {
    const ManifestComponent cuts = *Parsed(name).Find("cut_detection");
    EXPECT_EQ(Recorded(name)["config_hash"], base::Sha256Hex(cuts.identity.config)) << name;
  }
}

TEST(ManifestV1, AComponentsKeyDoesNotKnowWhoRanBesideIt) {
  const Manifest alone = Parsed("default");
  const Manifest beside = Parsed("beside");
  EXPECT_EQ(alone.Find("cut_detection")->key, beside.Find("cut_detection")->key);
  EXPECT_NE(alone.Find("cut_detection")->key, Parsed("flow").Find("cut_detection")->key);
  EXPECT_EQ(beside.Find("core_optical_flow")->key, Parsed("flow").Find("core_optical_flow")->key);
}

TEST(ManifestV1, WhatWasUsedIsNamedByItsDigest) {
  const Manifest flow = Parsed("flow");
  const std::map<std::string, std::string> used = {
      {"core_optical_flow", ResultDigest(flow.Find("core_optical_flow")->artifacts)}};
  EXPECT_EQ(flow.Find("cut_detection")->identity.uses, used);
  const Manifest models = Parsed("models");
  EXPECT_EQ(models.Find("cut_detection")->identity.uses.count("transnetv2"), 1U);
  EXPECT_TRUE(models.Find("transnetv2")->identity.uses.empty());
  EXPECT_EQ(
      models.Find("speech_activity")->identity.config,
      R"({"components":["speech_activity"],"sampling":{"end_s":null,"start_s":null,"stream":null}})");
}

TEST(ManifestV1, TheKeysAreFrozen) {
  const std::map<std::string, std::string> frozen = {
      {"default/cut_detection", "554f4f5ff99bff09bda93dec305c6f454054d9f287b6cbee532711293c205b12"},
      {"flow/core_optical_flow",
       "a3f3cc6865a73b30e9bf675b9989655da736d8fa5a9fd33918565b777b6deabf"},
      {"flow/cut_detection", "46225ec5f9a28234b06ccca1be9c1285f65938f06102353efea9acc71b559ff6"},
      {"crop/cut_detection", "9324369777fe82d1a497106227a2eee9ee884552459fc2f47860c2c784652c68"},
      {"deadline/cut_detection",
       "4d91cb6714b45403c89352d8e4fd9da33f59111d1def4abc6d029b5865ba2122"},
      {"models/transnetv2", "492d14b69704780026e01bf2cc626daccb572c9b307d5ed35697717a605ec3a1"},
      {"models/cut_detection", "be311ba4270fe95b547bad67bbc7c87d07f9b63126c22a3679e435736cbecdf1"},
      {"models/speech_activity",
       "1ae213b544d4d83074570ceecedb886893c8b2e2904cc2042c243c467b80dbc1"}};
  for (const auto& [name, key] : frozen) {
    const size_t slash = name.find('/');
    const Manifest manifest = Parsed(name.substr(0, slash));
    EXPECT_EQ(manifest.Find(name.substr(slash + 1))->key, key) << name;
  }
}

TEST(ManifestV1, WhatIsDamagedIsNamedAndNothingThrows) {
  for (const char* field : {"components", "config", "source", "video_id"}) {
    Json document = Recorded("flow");
    for (const Json& other :
         {Json(1), Json("x"), Json::array({1}), Json::object(), Json(nullptr)}) {
      document[field] = other;
      static_cast<void>(ParseManifest(document.dump(), "m"));
    }
    document.erase(field);
    EXPECT_FALSE(ParseManifest(document.dump(), "m") && field != std::string("config")) << field;
  }
  Json document = Recorded("flow");
  const Json component = document["components"][1];
  for (const auto& [field, value] : component.items()) {
    for (const Json& other :
         {Json(1), Json("x"), Json::array({1}), Json::object(), Json(nullptr)}) {
      Json damaged = document;
      damaged["components"][1][field] = other;
      static_cast<void>(ParseManifest(damaged.dump(), "m"));
    }
  }
}

}  // namespace
}  // namespace reelbatch::store
