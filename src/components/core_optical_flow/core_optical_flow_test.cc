#include "components/core_optical_flow/core_optical_flow.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "components/cut_detection/test_frames.h"

namespace reelbatch::components {
namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 180;

struct Measured {
  std::vector<int32_t> frame_indices;
  std::vector<float> motion_norm_per_sec_mean;
  std::vector<float> dt_seconds;
  std::string meta;
};

/// Frames that move `step` samples to the left each, `dt_s` apart.
Measured Measure(int frames, int step, double dt_s, int max_side = kWidth) {
  TestWalk walk(MakeCoreOpticalFlow(max_side));
  for (int i = 0; i < frames; ++i) {
    const TestFrame frame(kWidth, kHeight, 1, i * step);
    EXPECT_TRUE(walk.Show({.view = frame.view(), .index = 10 + 2 * i, .pts_s = 7 + i * dt_s}));
  }
  contracts::VideoOutcome outcome;
  EXPECT_TRUE(walk.Close(outcome));
  const contracts::ComponentResult& result = outcome.results.at("core_optical_flow");
  return {.frame_indices = contracts::ValuesOf<int32_t>(result.arrays.at(0)),
          .motion_norm_per_sec_mean = contracts::ValuesOf<float>(result.arrays.at(1)),
          .dt_seconds = contracts::ValuesOf<float>(result.arrays.at(2)),
          .meta = result.meta};
}

TEST(CoreOpticalFlow, KeepsTheTimelineAndTheFirstFrameHasNoMotion) {
  const auto result = Measure(4, 2, 0.04);
  EXPECT_EQ(result.frame_indices, (std::vector<int32_t>{10, 12, 14, 16}));
  ASSERT_EQ(result.motion_norm_per_sec_mean.size(), 4U);
  ASSERT_EQ(result.dt_seconds.size(), 4U);
  EXPECT_EQ(result.motion_norm_per_sec_mean[0], 0);
  EXPECT_TRUE(std::isnan(result.dt_seconds[0]));
  EXPECT_FLOAT_EQ(result.dt_seconds[3], 0.04F);
  EXPECT_EQ(result.meta, R"({"knobs":{"flow_max_side":320},"flow_width":320,"flow_height":180,)"
                         R"("flow_mag_units":"core_optical_flow_norm_per_sec_mean"})");
}

TEST(CoreOpticalFlow, IsMotionPerSecondAsAShareOfTheLongSide) {
  // 2 px in 1/25 s of 320 px.
  EXPECT_NEAR(Measure(4, 2, 0.04).motion_norm_per_sec_mean[2], 2 / 0.04 / kWidth, 0.02);
}

TEST(CoreOpticalFlow, IsIndifferentToRateAndSize) {
  const float fast = Measure(4, 2, 0.04).motion_norm_per_sec_mean[2];
  EXPECT_NEAR(Measure(4, 4, 0.08).motion_norm_per_sec_mean[2], fast, 0.1 * fast);
  EXPECT_NEAR(Measure(4, 2, 0.04, kWidth / 2).motion_norm_per_sec_mean[2], fast, 0.15 * fast);
}

TEST(CoreOpticalFlow, ShortVideosAreWhole) {
  EXPECT_EQ(Measure(0, 1, 0.04).frame_indices.size(), 0U);
  EXPECT_EQ(Measure(1, 1, 0.04).motion_norm_per_sec_mean.size(), 1U);
}

TEST(SharedFlow, IsComputedOncePerFrame) {
  SharedFlow flow(kWidth);
  const TestFrame first(kWidth, kHeight, 1, 0);
  const TestFrame second(kWidth, kHeight, 1, 3);
  EXPECT_FALSE(flow.Advance({.view = first.view(), .index = 0, .pts_s = 0}));
  EXPECT_FALSE(flow.Advance({.view = first.view(), .index = 0, .pts_s = 0}));
  EXPECT_TRUE(flow.Advance({.view = second.view(), .index = 1, .pts_s = 1}));
  const double magnitude = flow.flow().mean_magnitude();
  EXPECT_GT(magnitude, 2);
  EXPECT_TRUE(flow.Advance({.view = second.view(), .index = 1, .pts_s = 1}));
  EXPECT_EQ(flow.flow().mean_magnitude(), magnitude);
}

}  // namespace
}  // namespace reelbatch::components
