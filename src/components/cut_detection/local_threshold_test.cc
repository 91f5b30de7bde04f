#include "components/cut_detection/local_threshold.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reelbatch::components {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(LocalThresholds, AFlatSignalIsHeldByTheFloor) {
  const std::vector<float> values(30, 0.5F);
  const std::vector<float> thresholds = LocalThresholds(values, 0.1F);
  ASSERT_EQ(thresholds.size(), values.size());
  for (const float threshold : thresholds) EXPECT_FLOAT_EQ(threshold, 0.6F);
}

TEST(LocalThresholds, APeakDoesNotRaiseItsOwnThreshold) {
  std::vector<float> values(30, 0.5F);
  values[15] = 9.0F;
  EXPECT_FLOAT_EQ(LocalThresholds(values, 0.1F)[15], 0.6F);
  EXPECT_FLOAT_EQ(LocalThresholds(values, 0.1F)[14], 0.6F);
}

TEST(LocalThresholds, FollowsTheLevelAroundIt) {
  std::vector<float> values(100, 0.0F);
  for (size_t i = 50; i < 100; ++i) values[i] = 4.0F;
  const auto thresholds = LocalThresholds(values, 0.1F);
  EXPECT_FLOAT_EQ(thresholds[10], 0.1F);
  EXPECT_FLOAT_EQ(thresholds[90], 4.1F);
}

TEST(LocalThresholds, WhatIsNotKnownIsLeftOut) {
  const auto thresholds = LocalThresholds(std::vector<float>{kNaN, 1.0F, kNaN}, 0.5F);
  EXPECT_FLOAT_EQ(thresholds[0], 1.5F);
  EXPECT_TRUE(std::isnan(thresholds[1]));  // nothing but NaN around it
  EXPECT_TRUE(LocalThresholds({}, 1.0F).empty());
}

}  // namespace
}  // namespace reelbatch::components
