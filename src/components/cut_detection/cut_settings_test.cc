#include "components/cut_detection/cut_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "components/cut_detection/cut_detection.h"

namespace reelbatch::components {
namespace {

using Words = std::vector<std::string>;

contracts::RunConfig With(contracts::KnobSettings knobs) {
  contracts::RunConfig config;
  config.knobs = std::move(knobs);
  return config;
}

TEST(CutSettings, PartsAreThoseTheDecisionKnows) {
  EXPECT_EQ(PartsOf({}), (CutParts{.hard = true, .soft = true}));
  EXPECT_EQ(PartsOf(With({{"decision", std::string("seed")}})),
            (CutParts{.hard = true, .soft = false}));
  EXPECT_EQ(PartsOf(With({{"parts", Words{"motion"}}})),
            (CutParts{.hard = false, .soft = false, .motion = true}));
}

TEST(CutSettings, SettlingNamesThePartsThatRun) {
  contracts::RunConfig config = With({{"decision", std::string("seed")}});
  ASSERT_TRUE(SettleKnobs(CutDetectionDefinition(), config));
  EXPECT_EQ(config.knobs.at("parts"), contracts::KnobSetting(Words{"hard"}));
  EXPECT_EQ(config.knobs.at("min_confidence"), contracts::KnobSetting(0.5));
  EXPECT_FALSE(config.knobs.contains("transnetv2_reuse"));
  const contracts::RunConfig settled = config;
  ASSERT_TRUE(SettleKnobs(CutDetectionDefinition(), config)) << "twice is once";
  EXPECT_EQ(config.knobs, settled.knobs);
}

TEST(CutSettings, TheSeedsRuleRefusesWhatItDoesNotKnow) {
  contracts::RunConfig soft = With({{"decision", std::string("seed")}, {"parts", Words{"soft"}}});
  EXPECT_THAT(SettleCuts(soft).error().Text(),
              testing::HasSubstr("--parts: the seed rule finds hard cuts only"));
  contracts::RunConfig learned =
      With({{"decision", std::string("seed")}, {"transnetv2_reuse", std::string("prefer")}});
  EXPECT_THAT(SettleCuts(learned).error().Text(), testing::HasSubstr("--prefer-transnetv2: "));
}

TEST(CutSettings, KnobsOfAVideoFollowItsPresetAndTheRun) {
  contracts::RunConfig config = With({{"flow_reuse", std::string("prefer")},
                                      {"min_confidence", 0.3},
                                      {"ssim_range", std::string("255")}});
  const contracts::VideoInfo info;
  VideoRequest request{.config = config,
                       .info = info,
                       .preset = {.preset = contracts::Preset::kFast, .reason = "asked for"}};
  CutKnobs knobs = CutKnobsFor(request);
  EXPECT_TRUE(knobs.hard_cuts_cascade);
  EXPECT_EQ(knobs.flow_max_side, 256);
  EXPECT_EQ(knobs.preset_reason, "asked for");
  EXPECT_EQ(knobs.min_confidence, 0.3);
  EXPECT_TRUE(knobs.ssim_range_255);
  EXPECT_TRUE(knobs.core_flow_missed);
  EXPECT_EQ(knobs.flow_source, FlowSource::kFarnebackPx);
  request.config.components = {"core_optical_flow", "cut_detection"};
  knobs = CutKnobsFor(request);
  EXPECT_FALSE(knobs.core_flow_missed);
  EXPECT_EQ(knobs.flow_source, FlowSource::kCoreOpticalFlow);
}

TEST(CutSettings, WhatStandsOnOtherFramesIsNotTaken) {
  const contracts::VideoInfo info;
  VideoRequest request{.config = With({{"flow_reuse", std::string("prefer")},
                                       {"transnetv2_reuse", std::string("prefer")}}),
                       .info = info,
                       .other_frames = {{"core_optical_flow", "5 frames per second"}}};
  request.config.components = {"core_optical_flow", "transnetv2", "cut_detection"};
  CutKnobs knobs = CutKnobsFor(request);
  EXPECT_EQ(knobs.flow_source, FlowSource::kFarnebackPx);
  EXPECT_FALSE(knobs.core_flow_missed);
  EXPECT_TRUE(knobs.learned);
  EXPECT_THAT(knobs.other_frames,
              testing::ElementsAre("core_optical_flow analyses 5 frames per second, cut_detection "
                                   "analyses every frame: cut_detection computed the flow itself"));
  request.other_frames = {{"transnetv2", "one frame in 2"}};
  request.config.sampling.analysis_fps = 10;
  knobs = CutKnobsFor(request);
  EXPECT_EQ(knobs.flow_source, FlowSource::kCoreOpticalFlow);
  EXPECT_FALSE(knobs.learned);
  EXPECT_THAT(
      knobs.other_frames,
      testing::ElementsAre("transnetv2 analyses one frame in 2, cut_detection analyses 10 frames "
                           "per second: cuts were decided without it"));
}

}  // namespace
}  // namespace reelbatch::components
