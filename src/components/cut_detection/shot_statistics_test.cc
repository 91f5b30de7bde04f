#include "components/cut_detection/shot_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reelbatch::components {
namespace {

std::vector<contracts::Shot> ShotsOf(const std::vector<double>& lengths) {
  std::vector<contracts::Shot> shots;
  double at = 10;
  for (const double length : lengths) {
    shots.push_back({.index = static_cast<int>(shots.size()), .start_s = at, .end_s = at + length});
    at += length;
  }
  return shots;
}

TEST(Statistics, OfFourShots) {
  const ShotStatistics statistics = StatisticsOf(ShotsOf({0.5, 1.5, 2, 6}));
  EXPECT_EQ(statistics.shots, 4);
  EXPECT_EQ(statistics.cuts, 3);
  EXPECT_DOUBLE_EQ(statistics.cuts_per_minute, 18);
  EXPECT_DOUBLE_EQ(*statistics.shot_length_mean_s, 2.5);
  EXPECT_DOUBLE_EQ(*statistics.shot_length_median_s, 1.75);
  EXPECT_DOUBLE_EQ(*statistics.shot_length_p25_s, 1.25);
  EXPECT_DOUBLE_EQ(*statistics.shot_length_p90_s, 4.8);
  EXPECT_DOUBLE_EQ(statistics.share_under_1s, 0.25);
  EXPECT_DOUBLE_EQ(statistics.share_over_4s, 0.25);
  EXPECT_DOUBLE_EQ(*statistics.interval_mean_s, 1.75);
  EXPECT_DOUBLE_EQ(*statistics.interval_min_s, 1.5);
  EXPECT_DOUBLE_EQ(*statistics.interval_max_s, 2);
  EXPECT_DOUBLE_EQ(*statistics.interval_std_s, 0.25);
  EXPECT_GT(*statistics.uniformity, 0);
  EXPECT_LT(*statistics.uniformity, 1);
}

TEST(Statistics, EqualShotsAreUniform) {
  const ShotStatistics statistics = StatisticsOf(ShotsOf({2, 2, 2, 2}));
  EXPECT_NEAR(*statistics.entropy_bits, 2, 1e-12);
  EXPECT_NEAR(*statistics.uniformity, 1, 1e-12);
}

TEST(Statistics, NoCutsAndNoShots) {
  const ShotStatistics none = StatisticsOf({});
  EXPECT_EQ(none.cuts, 0);
  EXPECT_EQ(none.cuts_per_minute, 0);
  EXPECT_FALSE(none.shot_length_mean_s || none.interval_mean_s || none.entropy_bits ||
               none.uniformity);
  const ShotStatistics one = StatisticsOf(ShotsOf({3}));
  EXPECT_EQ(one.cuts, 0);
  EXPECT_EQ(*one.shot_length_p10_s, 3);
  EXPECT_EQ(*one.entropy_bits, 0);
  EXPECT_FALSE(std::signbit(*one.entropy_bits));
  EXPECT_FALSE(one.interval_mean_s || one.uniformity);
}

TEST(Statistics, DegenerateTimesCountAsNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const ShotStatistics statistics = StatisticsOf({{.start_s = nan, .end_s = 1},
                                                  {.start_s = 1, .end_s = 1},
                                                  {.start_s = 5, .end_s = 2},
                                                  {.start_s = 0, .end_s = inf}});
  EXPECT_EQ(statistics.shots, 4);
  EXPECT_EQ(statistics.cuts_per_minute, 0);
  EXPECT_EQ(*statistics.shot_length_mean_s, 0);
  EXPECT_FALSE(statistics.entropy_bits || statistics.uniformity);
}

}  // namespace
}  // namespace reelbatch::components
