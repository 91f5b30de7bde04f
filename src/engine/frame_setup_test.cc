#include "engine/frame_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/run_setup.h"
#include "engine/settle_config.h"

namespace reelbatch::engine {
namespace {

using contracts::RunConfig;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Pair;

RunConfig With(std::vector<std::string> components) {
  RunConfig config;
  config.components = std::move(components);
  return config;
}

/// Text of the error; empty: none.
std::string ErrorOf(RunConfig config) {
  const base::Status settled = SettleConfig(config, Catalog::Builtin());
  if (settled) return "";
  EXPECT_EQ(settled.error().code, base::Code::kInvalidArgument);
  return settled.error().Text();
}

TEST(FrameSetup, ComponentsThatLookAtFramesHaveARequest) {
  RunConfig config = With({"cut_detection", "speech_activity", "transnetv2"});
  config.sampling = {.analysis_fps = 10, .start_s = 1};
  config.sampling_of["transnetv2"].analysis_fps = 25;
  const auto requests = FrameRequestsOf(config, Catalog::Builtin());
  EXPECT_THAT(requests, ElementsAre(Key("cut_detection"), Key("transnetv2")));
  EXPECT_EQ(requests.at("cut_detection"), media::FrameRequest{.sampling = config.sampling});
  EXPECT_EQ(requests.at("transnetv2").sampling.analysis_fps, 25);
  EXPECT_EQ(requests.at("transnetv2").sampling.start_s, 1);
  EXPECT_EQ(requests.at("transnetv2").thumbnail, (media::FrameSize{48, 27}));
}

TEST(FrameSetup, AComponentSeesItsOwnSampling) {
  RunConfig config = With({"cut_detection", "core_optical_flow"});
  config.sampling_of["core_optical_flow"] = {.analysis_fps = 5, .analysis_width = 160};
  const Catalog catalog = Catalog::Builtin();
  const contracts::VideoInfo info;
  const auto cuts = RequestFor(config, catalog, *catalog.Find("cut_detection"), info);
  EXPECT_EQ(cuts.config.sampling, contracts::Sampling{});
  EXPECT_THAT(cuts.other_frames, ElementsAre(Pair("core_optical_flow", "5 frames per second")));
  const auto flow = RequestFor(config, catalog, *catalog.Find("core_optical_flow"), info);
  EXPECT_EQ(flow.config.sampling, (contracts::Sampling{.analysis_fps = 5, .analysis_width = 160}));
  EXPECT_THAT(flow.config.sampling_of, IsEmpty());
}

TEST(FrameSetup, ADefinitionMayAskForFramesOfItsOwn) {
  Catalog catalog = Catalog::Builtin();
  catalog.Add({.name = "seldom", .version = "1", .frames = {.analysis_width = 64, .every = 10}});
  RunConfig config = With({"cut_detection", "seldom"});
  EXPECT_EQ(FrameRequestsOf(config, catalog).at("seldom").sampling,
            (contracts::Sampling{.analysis_width = 64, .every = 10}));
  EXPECT_THAT(OtherFrames(config, catalog, *catalog.Find("cut_detection")),
              ElementsAre(Pair("seldom", "one frame in 10")));
  config.sampling.analysis_fps = 5;
  EXPECT_EQ(FrameRequestsOf(config, catalog).at("seldom").sampling,
            (contracts::Sampling{.analysis_fps = 5, .analysis_width = 64}));
}

TEST(FrameSetup, WhatChangesNothingIsTakenOut) {
  RunConfig config = With({"cut_detection", "core_optical_flow"});
  config.sampling.analysis_fps = 5;
  config.sampling_of["core_optical_flow"].analysis_fps = 5;
  config.sampling_of["cut_detection"] = {.analysis_fps = 5, .analysis_width = 320};
  ASSERT_TRUE(SettleConfig(config, Catalog::Builtin()));
  EXPECT_THAT(config.sampling_of,
              ElementsAre(Pair("cut_detection", contracts::FrameChoice{.analysis_width = 320})));
}

TEST(FrameSetup, RefusesWhatHasNoFramesToChoose) {
  RunConfig config = With({"cut_detection", "speech_activity"});
  config.sampling_of["transnetv2"].analysis_width = 320;
  EXPECT_EQ(ErrorOf(config),
            "--analysis-width: names transnetv2, which is not a component of this run "
            "(cut_detection, speech_activity); add it to the components, or leave it out");
  config.sampling_of.clear();
  config.sampling_of["speech_activity"].analysis_fps = 5;
  EXPECT_EQ(ErrorOf(config),
            "--analysis-fps: names speech_activity, which does not analyse frames; leave it out");
  config.sampling_of.clear();
  config.sampling_of["cut_detection"].analysis_height = 1;
  EXPECT_THAT(ErrorOf(config), HasSubstr("analysis_height"));
}

TEST(FrameSetup, RefusesARequiredResultOfOtherFrames) {
  RunConfig config = With({"cut_detection", "core_optical_flow"});
  config.knobs["flow_reuse"] = std::string("require");
  EXPECT_EQ(ErrorOf(config), "");
  config.sampling_of["core_optical_flow"].analysis_width = 160;
  EXPECT_EQ(ErrorOf(config), "") << "the same frames, if smaller";
  config.sampling_of["core_optical_flow"].analysis_fps = 5;
  EXPECT_EQ(
      ErrorOf(config),
      "--require-core-optical-flow: core_optical_flow analyses 5 frames per second "
      "and cut_detection analyses every frame, but cut_detection can use only a result for the "
      "same frames: give both the same analysis-fps, or use prefer-core-optical-flow instead");
  config.sampling.analysis_fps = 5;
  EXPECT_EQ(ErrorOf(config), "");
  RunConfig learned = With({"cut_detection", "transnetv2"});
  learned.knobs["transnetv2_reuse"] = std::string("require");
  learned.sampling_of["cut_detection"].analysis_fps = 10;
  EXPECT_THAT(ErrorOf(learned), HasSubstr("--require-transnetv2: transnetv2 analyses every frame"));
}

}  // namespace
}  // namespace reelbatch::engine
