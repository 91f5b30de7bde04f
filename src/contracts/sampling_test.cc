#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contracts/run_config.h"

namespace reelbatch::contracts {
namespace {

TEST(SamplingOf, EveryFrameAsItIsWhereNobodyAsks) {
  EXPECT_EQ(SamplingOf({}, "a", {}), Sampling{});
  RunConfig config;
  config.sampling = {.start_s = 1, .stream = 2, .crop = CropRect{.width = 8, .height = 8}};
  EXPECT_EQ(SamplingOf(config, "a", {}), config.sampling);
}

TEST(SamplingOf, ForOneBeforeForAllBeforeItsOwn) {
  const FrameChoice own{.analysis_fps = 1, .analysis_width = 100};
  RunConfig config;
  EXPECT_EQ(SamplingOf(config, "a", own), (Sampling{.analysis_fps = 1, .analysis_width = 100}));
  config.sampling.analysis_fps = 15;
  EXPECT_EQ(SamplingOf(config, "a", own), (Sampling{.analysis_fps = 15, .analysis_width = 100}));
  config.sampling_of["a"] = {.analysis_fps = 5};
  EXPECT_EQ(SamplingOf(config, "a", own), (Sampling{.analysis_fps = 5, .analysis_width = 100}));
  EXPECT_EQ(SamplingOf(config, "b", own), (Sampling{.analysis_fps = 15, .analysis_width = 100}));
}

TEST(SamplingOf, ARateThatWasSetReplacesEvery) {
  RunConfig config;
  EXPECT_EQ(SamplingOf(config, "a", {.every = 10}), Sampling{.every = 10});
  config.sampling.analysis_fps = 5;
  EXPECT_EQ(SamplingOf(config, "a", {.every = 10}), Sampling{.analysis_fps = 5});
}

TEST(SamplingOf, SidesGoFieldByFieldAndReplaceBothOfItsOwn) {
  RunConfig config;
  config.sampling.analysis_width = 320;
  const FrameChoice own{.analysis_width = 64, .analysis_height = 36};
  EXPECT_EQ(SamplingOf(config, "a", own), Sampling{.analysis_width = 320})
      << "a picture that is squashed helps nobody";
  config.sampling_of["a"] = {.analysis_height = 180};
  EXPECT_EQ(SamplingOf(config, "a", own),
            (Sampling{.analysis_width = 320, .analysis_height = 180}));
}

TEST(TakesSameFrames, WhateverTheirSize) {
  EXPECT_TRUE(TakesSameFrames({}, {.analysis_width = 320, .every = 1}));
  EXPECT_FALSE(TakesSameFrames({}, {.analysis_fps = 5}));
  EXPECT_FALSE(TakesSameFrames({.every = 3}, {.every = 2}));
  EXPECT_FALSE(TakesSameFrames({.start_s = 1}, {}));
}

TEST(FramesText, NamesTheRate) {
  EXPECT_EQ(FramesText({}), "every frame");
  EXPECT_EQ(FramesText({.analysis_fps = 12.5}), "12.5 frames per second");
  EXPECT_EQ(FramesText({.every = 10}), "one frame in 10");
}

}  // namespace
}  // namespace reelbatch::contracts
