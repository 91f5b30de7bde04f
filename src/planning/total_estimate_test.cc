#include "planning/total_estimate.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reelbatch::planning {
namespace {

constexpr int64_t kMb = 1'000'000;

/// `count` files of `bytes`, all added, the first `probed` of them probed.
void AddFiles(TotalEstimate& estimate, int count, int probed, int64_t bytes, double seconds) {
  for (int file = 0; file < count; ++file) estimate.Add(bytes);
  for (int file = 0; file < probed; ++file)
    estimate.Probed(bytes, {.seconds = seconds, .work = 20 * seconds});
}

TEST(TotalEstimate, NothingIsExactlyNothing) {
  const TotalEstimate estimate;
  ASSERT_TRUE(estimate.total().has_value());
  EXPECT_TRUE(estimate.total()->exact);
  EXPECT_EQ(estimate.total()->amount.seconds, 0);
}

TEST(TotalEstimate, NothingIsKnownBeforeTheFirstProbe) {
  TotalEstimate estimate;
  estimate.Add(kMb);
  EXPECT_FALSE(estimate.total().has_value());
  estimate.Dropped(kMb);
  ASSERT_TRUE(estimate.total().has_value());
  EXPECT_TRUE(estimate.total()->exact);
}

TEST(TotalEstimate, UnprobedOnesCountByTheirBytes) {
  TotalEstimate estimate;
  AddFiles(estimate, 2, 1, 100 * kMb, 200);  // 2 s per MB
  estimate.Add(50 * kMb);
  const auto total = estimate.total();
  ASSERT_TRUE(total.has_value());
  EXPECT_FALSE(total->exact);
  EXPECT_DOUBLE_EQ(total->amount.seconds, 200 + 200 + 100);
  EXPECT_DOUBLE_EQ(total->amount.work, 20 * (200 + 200 + 100));
  EXPECT_EQ(estimate.unprobed(), 2);
}

TEST(TotalEstimate, UnknownSizesCountAsTheMeanOfAllOthers) {
  TotalEstimate estimate;
  AddFiles(estimate, 1, 1, 100 * kMb, 200);
  estimate.Add(50 * kMb);  // 100 s
  estimate.Add(0);
  estimate.Add(0);
  EXPECT_DOUBLE_EQ(estimate.total()->amount.seconds, 200 + 100 + 2 * 150);
}

TEST(TotalEstimate, WithoutAnySizeAllCountAsTheMeanOfTheProbed) {
  TotalEstimate estimate;
  AddFiles(estimate, 10, 2, 0, 30);
  EXPECT_DOUBLE_EQ(estimate.total()->amount.seconds, 300);
  estimate.Add(kMb);  // of known size, and no ratio yet
  EXPECT_DOUBLE_EQ(estimate.total()->amount.seconds, 330);
}

TEST(TotalEstimate, IsExactOnceAllAreProbedOrDropped) {
  TotalEstimate estimate;
  AddFiles(estimate, 3, 2, 7, 10);
  EXPECT_FALSE(estimate.total()->exact);
  estimate.Dropped(7);
  estimate.Add(0);
  estimate.Probed(0, {.seconds = 5, .work = 1});
  EXPECT_TRUE(estimate.total()->exact);
  EXPECT_DOUBLE_EQ(estimate.total()->amount.seconds, 25);
  EXPECT_EQ(estimate.unprobed(), 0);
}

TEST(TotalEstimate, OneOddFileDoesNotChangeTheOthers) {
  const auto with = [](int64_t bytes, double seconds) {
    TotalEstimate estimate;
    AddFiles(estimate, 1000, 10, 100 * kMb, 100);
    estimate.Add(bytes);
    estimate.Probed(bytes, {.seconds = seconds, .work = 0});
    return estimate.total()->amount.seconds - seconds;
  };
  EXPECT_DOUBLE_EQ(with(5 * kMb, 36'000), 100'000) << "hours of a still picture";
  EXPECT_DOUBLE_EQ(with(50'000 * kMb, 10), 100'000) << "raw frames";
  EXPECT_DOUBLE_EQ(with(10 * kMb, 0), 100'000) << "no length at all";
}

TEST(TotalEstimate, OneOddFileAtEitherEnd) {
  TotalEstimate estimate;
  AddFiles(estimate, 100, 10, 100 * kMb, 100);
  AddFiles(estimate, 1, 1, kMb, 36'000);
  AddFiles(estimate, 1, 1, 50'000 * kMb, 10);
  EXPECT_DOUBLE_EQ(estimate.total()->amount.seconds, 100 * 100 + 36'000 + 10);
}

TEST(TotalEstimate, AKindOfFilesIsNotOdd) {
  TotalEstimate estimate;
  AddFiles(estimate, 100, 50, 100 * kMb, 100);
  AddFiles(estimate, 100, 50, 100 * kMb, 2000);
  EXPECT_DOUBLE_EQ(estimate.total()->amount.seconds, 100 * 100 + 100 * 2000);
}

TEST(TotalEstimate, ManyBitratesComeCloseFromAFewProbed) {
  TotalEstimate estimate;
  constexpr int kFiles = 10'000;
  constexpr int kProbed = 500;
  double truth = 0;
  for (int file = 0; file < kFiles; ++file) {
    const double seconds = 60 + file % 97;
    const double per_mb = std::exp2(3 * std::sin(0.7 * file));  // 1/8 to 8
    const auto bytes = static_cast<int64_t>(seconds / per_mb * static_cast<double>(kMb));
    truth += seconds;
    estimate.Add(bytes);
    if (file < kProbed) estimate.Probed(bytes, {.seconds = seconds, .work = 0});
  }
  EXPECT_NEAR(estimate.total()->amount.seconds, truth, 0.1 * truth);
}

}  // namespace
}  // namespace reelbatch::planning
