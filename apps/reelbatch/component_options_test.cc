#include "apps/reelbatch/component_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "apps/reelbatch/options.h"
#include "engine/settle_config.h"

namespace reelbatch::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ComponentOptions : public testing::Test {
 protected:
  void SetUp() override { AddComponentOptions(table_, config_, engine::Catalog::Builtin()); }

  std::string ErrorOf(std::vector<std::string> words) {
    auto line = ParseLine(table_, words);
    base::Status status;
    if (!line) {
      status = std::unexpected(line.error());
    } else {
      status = ApplyLine(*line);
    }
    if (status) status = engine::SettleConfig(config_, engine::Catalog::Builtin());
    return status ? "" : status.error().Text();
  }

  OptionTable table_;
  contracts::RunConfig config_;
};

TEST_F(ComponentOptions, TheOrderOfNamesDoesNotMatter) {
  EXPECT_EQ(ErrorOf({"--components", "cut_detection,core_optical_flow"}), "");
  EXPECT_THAT(config_.components, ElementsAre("core_optical_flow", "cut_detection"));
}

TEST_F(ComponentOptions, PreferringWorksWithoutIt) {
  EXPECT_EQ(ErrorOf({"--prefer-core-optical-flow"}), "");
  EXPECT_EQ(config_.knobs.at("flow_reuse"), contracts::KnobSetting(std::string("prefer")));
  EXPECT_THAT(config_.components, ElementsAre("cut_detection"));
}

TEST_F(ComponentOptions, RequiringFailsWithoutItAndNamesTheRemedy) {
  EXPECT_THAT(ErrorOf({"--require-core-optical-flow"}),
              HasSubstr("'cut_detection' needs 'core_optical_flow': add it to --components"));
}

TEST_F(ComponentOptions, RequiringPutsItFirst) {
  EXPECT_EQ(
      ErrorOf({"--components", "cut_detection,core_optical_flow", "--require-core-optical-flow"}),
      "");
  EXPECT_THAT(config_.components, ElementsAre("core_optical_flow", "cut_detection"));
}

TEST_F(ComponentOptions, PreferAndRequireExcludeEachOther) {
  EXPECT_THAT(ErrorOf({"--prefer-core-optical-flow", "--require-core-optical-flow"}),
              HasSubstr("cannot be combined"));
}

TEST_F(ComponentOptions, AnUnknownComponentIsNamed) {
  EXPECT_THAT(ErrorOf({"--components", "cut_detektion"}),
              HasSubstr("did you mean 'cut_detection'?"));
}

TEST_F(ComponentOptions, KnobsBecomeOptionsWithTheirRange) {
  EXPECT_EQ(ErrorOf({"--min-confidence", "0.3", "--parts", "motion,hard"}), "");
  EXPECT_EQ(config_.knobs.at("min_confidence"), contracts::KnobSetting(0.3));
  EXPECT_EQ(config_.knobs.at("parts"),
            contracts::KnobSetting(std::vector<std::string>{"hard", "motion"}))
      << "in the knob's order";
  EXPECT_THAT(ErrorOf({"--min-confidence", "0"}), HasSubstr("above 0 and at most 1"));
  EXPECT_THAT(ErrorOf({"--parts", "hard,sotf"}), HasSubstr("did you mean 'soft'?"));
  EXPECT_THAT(table_.Help(), HasSubstr("Options of cut_detection:\n      --parts LIST"));
}

TEST_F(ComponentOptions, AKnobThatIsNotAlwaysNamedLeavesNoTraceAtItsUsualValue) {
  EXPECT_EQ(ErrorOf({"--prefer-transnetv2=true", "--prefer-transnetv2=false"}), "");
  EXPECT_FALSE(config_.knobs.contains("transnetv2_reuse"));
  EXPECT_EQ(config_.knobs.at("flow_reuse"), contracts::KnobSetting(std::string("never")));
}

TEST(Components, NoTwoKnobsShareANameOrAnOptionAndNoneHasOneOfTheRun) {
  const engine::Catalog catalog = engine::Catalog::Builtin();
  contracts::RunConfig config;
  OptionTable table;
  AddComponentOptions(table, config, catalog);
  AddEffortOptions(table, config);
  AddFrameOptions(table, config);
  std::vector<std::string> names = table.Names(false, false);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  std::vector<std::string> knobs = {"components", "preset",      "emergency_fast",
                                    "deadline",   "loop_filter", "sampling"};
  for (const components::ComponentDefinition& definition : catalog.components()) {
    for (const contracts::ComponentKnob& knob : definition.knobs) {
      knobs.push_back(knob.name);
      const size_t type = knob.type == contracts::KnobType::kSwitch    ? 0
                          : knob.type == contracts::KnobType::kNumber  ? 1
                          : knob.type == contracts::KnobType::kChoices ? 3
                                                                       : 2;
      EXPECT_EQ(knob.usual.index(), type) << knob.name;
    }
  }
  std::ranges::sort(knobs);
  EXPECT_EQ(std::ranges::adjacent_find(knobs), knobs.end());
}

}  // namespace
}  // namespace reelbatch::app
