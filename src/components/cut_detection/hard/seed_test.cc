#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "components/cut_detection/hard/decision.h"

namespace reelbatch::components::hard {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// The numbers by hand: hist {0, 0, 0, 4}: median 0, mean 1, population deviation sqrt(3).
TEST(DecideSeed, ThresholdsAreMedianAndPopulationDeviation) {
  PairSignals signals;
  signals.hist_diff_l1 = {0, 0, 0, 4};
  signals.ssim_drop = {1, 2, 3, 4};    // median 2.5, deviation sqrt(1.25)
  signals.flow_mag = {kNaN, 1, 2, 9};  // of {1, 2, 9}: median 2, mean 4, deviation sqrt(38 / 3)
  const auto cuts = DecideSeed(signals);
  EXPECT_NEAR(signals.threshold_hist[0], 2 * std::sqrt(3.0), 1e-6);
  EXPECT_NEAR(signals.threshold_ssim[3], 2.5 + 1.5 * std::sqrt(1.25), 1e-6);
  EXPECT_NEAR(signals.threshold_flow[2], 2 + 2 * std::sqrt(38.0 / 3), 1e-6);
  ASSERT_EQ(signals.threshold_flow.size(), 4U);
  EXPECT_TRUE(cuts.empty());  // only hist lies above its threshold
  EXPECT_EQ(signals.hard_score, (std::vector<float>{0, 0, 0, 1}));
}

TEST(DecideSeed, SaysWhichSignalsSpoke) {
  PairSignals signals;
  signals.hist_diff_l1.assign(30, 0.1F);
  signals.ssim_drop.assign(30, 0.1F);
  signals.flow_mag.assign(30, 1.0F);
  signals.hist_diff_l1[12] = 1.9F;
  signals.flow_mag[12] = 20.0F;
  const auto cuts = DecideSeed(signals);
  ASSERT_EQ(cuts.size(), 1U);
  EXPECT_EQ(cuts[0].pair_index, 12);
  EXPECT_TRUE(cuts[0].evidence.hist);
  EXPECT_FALSE(cuts[0].evidence.ssim);
  EXPECT_TRUE(cuts[0].evidence.flow);
  EXPECT_FLOAT_EQ(cuts[0].strength, 2.0F);
}

TEST(DecideSeed, ASignalThatWasNeverComputedHasNoThreshold) {
  PairSignals signals;
  signals.hist_diff_l1 = {0, 1};
  signals.ssim_drop = {kNaN, kNaN};
  signals.flow_mag = {kNaN, kNaN};
  EXPECT_TRUE(DecideSeed(signals).empty());
  EXPECT_TRUE(std::isnan(signals.threshold_ssim[0]));
}

TEST(DecideSeed, NoPairsGiveNothing) {
  PairSignals signals;
  EXPECT_TRUE(DecideSeed(signals).empty());
  EXPECT_TRUE(signals.hard_score.empty());
}

}  // namespace
}  // namespace reelbatch::components::hard
