#include "engine/stored_components.h"

#include <gtest/gtest.h>

#include "engine/settle_config.h"
#include "store/identity.h"

namespace reelbatch::engine {
namespace {

using store::StoredComponent;

std::map<std::string, StoredComponent> Of(contracts::RunConfig config) {
  const Catalog catalog = Catalog::Builtin();
  EXPECT_TRUE(SettleConfig(config, catalog));
  std::map<std::string, StoredComponent> stored;
  for (StoredComponent& component : StoredComponents(config, catalog, {}))
    stored.emplace(component.name, component);
  return stored;
}

TEST(StoredComponents, CutDetectionAloneHasTheConfigurationOfItsRun) {
  contracts::RunConfig config;
  config.overload = contracts::Overload::kDeadline;
  config.sampling.crop = contracts::CropRect{.x = 0, .y = 0, .width = 64, .height = 32};
  config.sampling.picture_fps = 24;
  config.knobs["transnetv2_reuse"] = std::string("prefer");
  const StoredComponent cuts = Of(config).at("cut_detection");
  EXPECT_TRUE(SettleConfig(config, Catalog::Builtin()));
  EXPECT_EQ(cuts.config, store::CanonicalJson(config));
  EXPECT_EQ(cuts.files().size(), 2U);
  EXPECT_EQ(cuts.kind, "core");
}

TEST(StoredComponents, WhoRunsBesideItDoesNotMatterUnlessItIsUsed) {
  contracts::RunConfig config;
  const std::string alone = Of(config).at("cut_detection").config;
  config.components = {"cut_detection", "core_optical_flow", "speech_activity", "transnetv2"};
  EXPECT_EQ(Of(config).at("cut_detection").config, alone);
  EXPECT_TRUE(Of(config).at("cut_detection").uses.empty());
  config.knobs["flow_reuse"] = std::string("prefer");
  config.knobs["transnetv2_reuse"] = std::string("require");
  const StoredComponent cuts = Of(config).at("cut_detection");
  EXPECT_EQ(cuts.uses, (std::vector<std::string>{"core_optical_flow", "transnetv2"}));
  EXPECT_NE(cuts.config.find(R"("components":["core_optical_flow","transnetv2","cut_detection"])"),
            std::string::npos)
      << cuts.config;
}

TEST(StoredComponents, OnlyItsOwnKnobsChangeAComponent) {
  contracts::RunConfig config;
  config.components = {"cut_detection", "core_optical_flow", "speech_activity", "transnetv2"};
  const auto before = Of(config);
  const auto changed = [&](auto change) {
    contracts::RunConfig other = config;
    change(other);
    std::vector<std::string> names;
    for (const auto& [name, stored] : Of(other)) {
      if (stored.config != before.at(name).config) names.push_back(name);
    }
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(changed([](auto& c) { c.knobs["min_confidence"] = 0.3; }), Names{"cut_detection"});
  EXPECT_EQ(changed([](auto& c) { c.knobs["parts"] = std::vector<std::string>{"hard"}; }),
            Names{"cut_detection"});
  EXPECT_EQ(changed([](auto& c) { c.preset = contracts::Preset::kQuality; }),
            (Names{"core_optical_flow", "cut_detection"}));
  EXPECT_EQ(changed([](auto& c) { c.overload = contracts::Overload::kDeadline; }),
            (Names{"core_optical_flow", "cut_detection"}));
  EXPECT_EQ(changed([](auto& c) { c.loop_filter = contracts::LoopFilter::kSkip; }),
            (Names{"core_optical_flow", "cut_detection", "transnetv2"}));
  EXPECT_EQ(changed([](auto& c) { c.sampling.analysis_fps = 5; }),
            (Names{"core_optical_flow", "cut_detection", "transnetv2"}));
  EXPECT_EQ(changed([](auto& c) { c.sampling.start_s = 5; }),
            (Names{"core_optical_flow", "cut_detection", "speech_activity", "transnetv2"}));
}

/// A chain: c reads a and z, and z reads b, so that z may run before a or after it.
TEST(StoredComponents, AChainHasTheSameIdentityInEveryOrderAndTheModelsOfAll) {
  Catalog catalog;
  catalog.Add({.name = "a", .version = "1", .needs = {}});
  catalog.Add({.name = "b", .version = "1", .needs = {}});
  catalog.Add({.name = "z", .version = "1", .needs = {"b"}});
  catalog.Add({.name = "c", .version = "1", .needs = {"z", "a"}});
  BatchSetup batching;
  for (const char* const name : {"b", "c"}) {
    batching.options.models.push_back({.component = name});
    batching.options.models.back().used = {{.model_name = std::string("model of ") + name}};
  }
  contracts::RunConfig config;
  config.components = {"a", "b", "z", "c"};
  const StoredComponent one = StoredComponents(config, catalog, batching).back();
  config.components = {"b", "z", "a", "c"};
  const StoredComponent other = StoredComponents(config, catalog, batching).back();
  EXPECT_EQ(one.config, other.config);
  EXPECT_EQ(one.uses, (std::vector<std::string>{"a", "z"}));
  EXPECT_EQ(one.uses, other.uses);
  ASSERT_EQ(one.models_used.size(), 2U) << "its own, and that of b behind z";
  EXPECT_EQ(one.models_used[1].model_name, "model of b");
}

contracts::RunConfig Both() {
  contracts::RunConfig config;
  config.components = {"cut_detection", "core_optical_flow"};
  return config;
}

TEST(StoredComponents, ASamplingOfItsOwnChangesThatComponentAlone) {
  const auto before = Of(Both());
  EXPECT_FALSE(before.at("core_optical_flow").own_sampling);
  contracts::RunConfig config = Both();
  config.sampling_of["core_optical_flow"].analysis_fps = 5;
  const auto after = Of(config);
  EXPECT_EQ(after.at("cut_detection").config, before.at("cut_detection").config);
  EXPECT_EQ(after.at("core_optical_flow").own_sampling->analysis_fps, 5);
  EXPECT_NE(after.at("core_optical_flow").config.find(R"("own_sampling":true)"), std::string::npos);
  EXPECT_NE(after.at("core_optical_flow").config.find(R"("analysis_fps":5.0)"), std::string::npos);
}

TEST(StoredComponents, AResultOnOtherFramesIsNoneThatIsUsed) {
  contracts::RunConfig config = Both();
  config.knobs["flow_reuse"] = std::string("prefer");
  EXPECT_EQ(Of(config).at("cut_detection").uses.size(), 1U);
  config.sampling_of["core_optical_flow"].analysis_width = 320;
  EXPECT_EQ(Of(config).at("cut_detection").uses.size(), 1U) << "the same frames, if smaller";
  config.sampling_of["core_optical_flow"].analysis_fps = 5;
  const StoredComponent cuts = Of(config).at("cut_detection");
  EXPECT_TRUE(cuts.uses.empty());
  EXPECT_NE(cuts.config.find(R"("other_frames":{"core_optical_flow":"5 frames per second"})"),
            std::string::npos)
      << cuts.config;
}

TEST(StoredComponents, FromEarlierRunsComesWhatStandsOnTheFramesOfWhoTakesIt) {
  contracts::RunConfig config;
  config.knobs["flow_reuse"] = std::string("prefer");
  config.sampling_of["cut_detection"].analysis_fps = 5;
  const Catalog catalog = Catalog::Builtin();
  ASSERT_TRUE(SettleConfig(config, catalog, EarlierRuns::kMayServe));
  const auto outside = OutsideComponents(config, catalog);
  ASSERT_EQ(outside.size(), 1U);
  EXPECT_NE(outside[0].component.config.find(R"("analysis_fps":5.0)"), std::string::npos);
}

}  // namespace
}  // namespace reelbatch::engine
