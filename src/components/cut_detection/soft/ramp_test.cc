#include "components/cut_detection/soft/ramp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace reelbatch::components::soft {
namespace {

struct Window {
  std::vector<Between> places;
  std::vector<double> pts_s;
};

// Alpha 0 up to frame `start`, then in equal steps to 1 at frame `end`.
Window Dissolve(int frames, int start, int end) {
  Window window;
  for (int i = 0; i < frames; ++i) {
    const double share = static_cast<double>(i - start) / (end - start);
    window.places.push_back({.alpha = static_cast<float>(std::clamp(share, 0.0, 1.0)), .rest = 0});
    window.pts_s.push_back(i / 25.0);
  }
  return window;
}

TEST(PlaceBetween, IsOnTheLineInADissolve) {
  // A quarter of the way from 0 to 100 levels: 25 from the first, 75 from the last.
  const Between place = PlaceBetween(25 * 25, 75 * 75, 100 * 100);
  EXPECT_NEAR(place.alpha, 0.25, 1e-5);
  EXPECT_NEAR(place.rest, 0, 1e-5);
}

TEST(PlaceBetween, IsBesideTheLineInAWipeAndFarFromItElsewhere) {
  EXPECT_NEAR(PlaceBetween(0.5F, 0.5F, 1).rest, 0.25, 1e-5);  // half of the samples are new
  EXPECT_NEAR(PlaceBetween(1, 1, 1).rest, 0.75, 1e-5);        // three unrelated pictures
  EXPECT_EQ(PlaceBetween(0, 0, 0).alpha, 0);
}

TEST(FitRamp, FindsBothEnds) {
  const Window window = Dissolve(40, 10, 30);
  const auto ramp = FitRamp(window.places, window.pts_s);
  ASSERT_TRUE(ramp);
  EXPECT_NEAR(ramp->start_s, 10 / 25.0, 1e-6);
  EXPECT_NEAR(ramp->end_s, 30 / 25.0, 1e-6);
  EXPECT_NEAR(ramp->step, 0.05, 1e-5);
  EXPECT_NEAR(ramp->error, 0, 1e-5);
}

TEST(FitRamp, GoesByTimeNotByFrames) {
  Window window = Dissolve(40, 10, 30);
  window.places.erase(window.places.begin() + 15, window.places.begin() + 20);
  window.pts_s.erase(window.pts_s.begin() + 15, window.pts_s.begin() + 20);
  const auto ramp = FitRamp(window.places, window.pts_s);
  ASSERT_TRUE(ramp);
  EXPECT_NEAR(ramp->start_s, 10 / 25.0, 1e-6);
  EXPECT_NEAR(ramp->end_s, 30 / 25.0, 1e-6);
}

TEST(FitRamp, ACutIsOneStep) {
  const Window window = Dissolve(20, 9, 10);
  const auto ramp = FitRamp(window.places, window.pts_s);
  ASSERT_TRUE(ramp);
  EXPECT_NEAR(ramp->step, 1, 1e-5);
}

TEST(FitRamp, NoneWhereItGoesBackOrReachesOut) {
  Window there_and_back = Dissolve(20, 5, 15);
  there_and_back.places[17].alpha = 0.1F;
  EXPECT_FALSE(FitRamp(there_and_back.places, there_and_back.pts_s));
  Window cut_off = Dissolve(20, -5, 30);
  cut_off.places.front().alpha = 0;
  cut_off.places.back().alpha = 1;
  const auto ramp = FitRamp(cut_off.places, cut_off.pts_s);
  EXPECT_TRUE(!ramp || ramp->error > 0.05F);
}

}  // namespace
}  // namespace reelbatch::components::soft
