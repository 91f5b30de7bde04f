#include "vision/block_motion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>

namespace reelbatch::vision {
namespace {

// A texture that no shift of itself within the search range resembles.
image::Plane<uint8_t> Texture(int width, int height, int shift_x, int shift_y) {
  constexpr int kSide = 256;
  std::mt19937 random(7);
  image::Plane<uint8_t> large(kSide, kSide);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) large.row(y)[x] = static_cast<uint8_t>(random() >> 24);
  }
  image::Plane<uint8_t> out(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      // 4 x 4 means: a picture has structure at the scale of the half-size search.
      int sum = 0;
      for (int j = 0; j < 4; ++j) {
        for (int i = 0; i < 4; ++i) sum += large.row(40 + y + shift_y + j)[40 + x + shift_x + i];
      }
      out.row(y)[x] = static_cast<uint8_t>(sum / 16);
    }
  }
  return out;
}

MotionPlane Ready(const image::Plane<uint8_t>& plane) {
  MotionPlane ready;
  ready.Assign(plane.view());
  return ready;
}

class ShiftedBy : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(ShiftedBy, IsFoundExactlyInsideTheFrame) {
  const auto [dx, dy] = GetParam();
  const MotionPlane still = Ready(Texture(96, 64, 0, 0));
  const MotionPlane moved = Ready(Texture(96, 64, dx, dy));
  BlockMatcher matcher;
  const auto cost = matcher.Match(still, moved);
  ASSERT_EQ(cost.size(), 96U);
  // Blocks whose source lies inside the other frame are predicted without error.
  for (int y = 2; y < 6; ++y) {
    for (int x = 2; x < 10; ++x)
      EXPECT_EQ(cost[static_cast<size_t>(y * 12 + x)], 0) << x << ' ' << y;
  }
}
INSTANTIATE_TEST_SUITE_P(BlockMatcher, ShiftedBy,
                         testing::Values(std::pair{0, 0}, std::pair{1, 0}, std::pair{-3, 2},
                                         std::pair{8, -8}, std::pair{-16, 16}, std::pair{15, -15}));

TEST(BlockMatcher, FindsNothingInAnUnrelatedFrame) {
  const MotionPlane a = Ready(Texture(96, 64, 0, 0));
  const MotionPlane b = Ready(Texture(96, 64, 90, 60));
  BlockMatcher matcher;
  const auto cost = matcher.Match(a, b);
  int dear = 0;
  for (size_t i = 0; i < cost.size(); ++i) dear += cost[i] > a.activity()[i] / 2 ? 1 : 0;
  EXPECT_GT(dear, 90);
}

TEST(BlockMatcher, MotionNeverCostsMoreThanNone) {
  const MotionPlane a = Ready(Texture(40, 24, 0, 0));
  const MotionPlane b = Ready(Texture(40, 24, 5, 3));
  BlockMatcher matcher;
  BlockMatcher still;
  const auto moved = matcher.Match(a, b);
  const auto unmoved = still.Difference(a, b);
  for (size_t i = 0; i < moved.size(); ++i) EXPECT_LE(moved[i], unmoved[i]);
}

TEST(BlockMatcher, TakesTheSmallestPlane) {
  const MotionPlane a = Ready(Texture(8, 8, 0, 0));
  BlockMatcher matcher;
  EXPECT_EQ(matcher.Match(a, a).front(), 0);
}

TEST(MotionPlane, MeasuresMeanDeviationAndActivity) {
  image::Plane<uint8_t> plane(16, 8);
  for (int y = 0; y < 8; ++y) {
    std::fill_n(plane.row(y), 8, uint8_t{100});
    for (int x = 8; x < 16; ++x) plane.row(y)[x] = y < 4 ? 40 : 60;
  }
  const MotionPlane ready = Ready(plane);
  EXPECT_FLOAT_EQ(ready.mean(), 75.0F);
  EXPECT_NEAR(ready.deviation(), 25.98F, 0.01F);
  ASSERT_EQ(ready.activity().size(), 2U);
  EXPECT_EQ(ready.activity()[0], 0);
  EXPECT_EQ(ready.activity()[1], 640);
}

TEST(MotionPlane, ScalesLevelsAndClamps) {
  const MotionPlane plane = Ready(Texture(16, 16, 0, 0));
  MotionPlane scaled;
  scaled.AssignScaled(plane, 1.0F, 10.0F);
  EXPECT_NEAR(scaled.mean(), plane.mean() + 10.0F, 0.01F);
  scaled.AssignScaled(plane, 10.0F, 0.0F);
  EXPECT_LE(*std::max_element(scaled.full(), scaled.full() + 16), 255);
  EXPECT_FLOAT_EQ(scaled.mean(), 255.0F);
}

}  // namespace
}  // namespace reelbatch::vision
