#include "costs/batch_fit.h"

#include <gmock/gmock.h>

namespace reelbatch::costs {
namespace {

using contracts::CostPoint;

std::vector<CostPoint> Points(double (*ms)(int)) {
  std::vector<CostPoint> points;
  for (const int batch : {1, 2, 4, 8, 12, 16, 24, 32})
    points.push_back({.batch = batch, .ms = ms(batch), .peak_mb = {}});
  return points;
}

TEST(BatchFit, FindsFixedAndPerUnit) {
  const auto fit = FitBatchTime(Points([](int b) { return 5 + 2.0 * b; }));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->fixed_ms, 5, 1e-3);
  EXPECT_NEAR(fit->ms_per_unit, 2, 1e-4);
  EXPECT_TRUE(fit->steps.empty());
  EXPECT_LT(fit->worst_error, 1e-3);
}

TEST(BatchFit, FindsAStep) {
  const auto fit = FitBatchTime(Points([](int b) { return 5 + 2.0 * b + (b > 12 ? 30 : 0); }));
  ASSERT_TRUE(fit);
  ASSERT_EQ(fit->steps.size(), 1U);
  EXPECT_EQ(fit->steps[0].after, 12);
  EXPECT_EQ(fit->steps[0].before, 16);
  EXPECT_NEAR(fit->steps[0].ms, 30, 0.1);
  EXPECT_NEAR(fit->Ms(12), 29, 0.1);
  EXPECT_NEAR(fit->Ms(13), 61, 0.1);
}

TEST(BatchFit, NoiseIsNoStep) {
  const auto fit =
      FitBatchTime(Points([](int b) { return 5 + 2.0 * b + (b % 3 == 0 ? 0.4 : -0.3); }));
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->steps.empty());
}

TEST(BatchFit, NeverSaysThatUnitsGiveTimeBack) {
  const auto fit = FitBatchTime(Points([](int b) { return 50.0 - b; }));
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->ms_per_unit, 0);
}

TEST(BatchFit, OnePointIsNoLine) {
  const std::vector<CostPoint> points{{.batch = 1, .ms = 3, .peak_mb = {}}};
  EXPECT_FALSE(FitBatchTime(points));
}

TEST(BatchFit, MemoryIsReadAtPointsOnly) {
  const std::vector<CostPoint> points{{.batch = 1, .ms = 1, .peak_mb = 10},
                                      {.batch = 4, .ms = 2, .peak_mb = 100},
                                      {.batch = 8, .ms = 3, .peak_mb = {}}};
  EXPECT_EQ(PeakMb(points, 1), 10);
  EXPECT_EQ(PeakMb(points, 2), 100);
  EXPECT_EQ(PeakMb(points, 4), 100);
  EXPECT_FALSE(PeakMb(points, 5));
  EXPECT_FALSE(PeakMb(points, 9));
}

}  // namespace
}  // namespace reelbatch::costs
