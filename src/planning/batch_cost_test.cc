#include "planning/batch_cost.h"

#include <gmock/gmock.h>

#include <limits>
#include <memory>
#include <random>

namespace reelbatch::planning {
namespace {

BatchCost Affine(double fixed_ms, double ms_per_unit, int max_batch) {
  return {
      .max_batch = max_batch, .fixed_ms = fixed_ms, .ms_per_unit = ms_per_unit, .mb_per_unit = 100};
}

/// 8 costs little more than 4, 9 a step more; 16 takes much memory.
BatchCost Stepped() {
  return {.max_batch = 16,
          .points = {{.batch = 1, .ms = 10, .peak_mb = 100},
                     {.batch = 4, .ms = 18, .peak_mb = 300},
                     {.batch = 8, .ms = 20, .peak_mb = 500},
                     {.batch = 16, .ms = 44, .peak_mb = 4000}}};
}

/// The least sum over all ways to cut `units`, tried one by one.
double BruteForce(const BatchCost& cost, int units, int most) {
  if (units == 0) return 0;
  double least = std::numeric_limits<double>::infinity();
  for (int b = 1; b <= std::min(units, most); ++b)
    least = std::min(least, cost.Ms(b) + BruteForce(cost, units - b, most));
  return least;
}

TEST(BatchCost, TimeIsReadBetweenPointsAndMemoryNever) {
  const BatchCost cost = Stepped();
  EXPECT_EQ(cost.Ms(4), 18);
  EXPECT_EQ(cost.Ms(6), 19);
  EXPECT_EQ(cost.Ms(32), 88) << "behind the last point its share per unit";
  EXPECT_EQ(cost.PeakMb(4), 300);
  EXPECT_EQ(cost.PeakMb(5), 500) << "as the next larger point: curves have steps";
  EXPECT_EQ(cost.PeakMb(9), 4000);
  EXPECT_TRUE(std::isinf(cost.PeakMb(17))) << "nobody measured it";
}

TEST(BatchCost, TheLargestThatFits) {
  const BatchCost cost = Stepped();
  EXPECT_EQ(cost.LargestThatFits(99.9), 0);
  EXPECT_EQ(cost.LargestThatFits(100), 1);
  EXPECT_EQ(cost.LargestThatFits(499), 4);
  EXPECT_EQ(cost.LargestThatFits(500), 8);
  EXPECT_EQ(cost.LargestThatFits(1e9), 16);
  EXPECT_EQ(Affine(1, 1, 16).LargestThatFits(-1), 0);
  EXPECT_EQ(Affine(1, 1, 16).LargestThatFits(450), 4);
  EXPECT_EQ(Affine(1, 1, 16).LargestThatFits(1e9), 16);
}

TEST(BatchCost, APeakThatFallsAgainIsNotTrusted) {
  BatchCost cost = Stepped();
  cost.points[1].peak_mb = 900;
  EXPECT_EQ(cost.LargestThatFits(600), 1);
}

TEST(BatchCost, BestRatio) {
  EXPECT_EQ(BestRatioBatch(Stepped(), 16), 8);
  EXPECT_EQ(BestRatioBatch(Stepped(), 6), 6);
  EXPECT_EQ(BestRatioBatch(Affine(5, 2, 16), 16), 16)
      << "with a fixed share the largest is the best";
  EXPECT_EQ(BestRatioBatch(Affine(0, 2, 16), 16), 16) << "of equal ones the largest";
}

TEST(BatchCost, LanesThatShareMemoryTakeSmallerBatches) {
  const BatchCost cost{.max_batch = 8, .fixed_ms = 10, .ms_per_unit = 9, .mb_per_unit = 700};
  EXPECT_EQ(BestSharedBatch(cost, 8, 4, 12000), 4);
  EXPECT_EQ(BestSharedBatch(cost, 8, 4, 1e6), 8) << "memory for all";
  EXPECT_EQ(BestSharedBatch(cost, 8, 1, 12000), 8);
}

TEST(BatchCost, TheFirstBatchIsOfABestSeries) {
  std::mt19937 dice(1);
  for (int round = 0; round < 200; ++round) {
    BatchCost cost{.max_batch = 6};
    double ms = 1;
    for (int b = 1; b <= 6; ++b) {
      ms += std::uniform_real_distribution(0.0, 5.0)(dice);
      cost.points.push_back({.batch = b, .ms = ms, .peak_mb = 1});
    }
    for (int units = 1; units <= 11; ++units) {
      const double least = BruteForce(cost, units, 6);
      EXPECT_NEAR(LeastMs(cost, units, 6), least, 1e-9);
      double sum = 0;
      for (int left = units; left > 0;) {
        const int batch = FirstBatch(cost, left, 6);
        ASSERT_GE(batch, 1);
        sum += cost.Ms(batch);
        left -= batch;
      }
      EXPECT_NEAR(sum, least, 1e-9);
    }
  }
}

TEST(BatchCost, LongSeriesAreCloseToTheBest) {
  const BatchCost cost = Stepped();
  EXPECT_EQ(FirstBatch(cost, 1'000'000, 16), 8);
  EXPECT_NEAR(LeastMs(cost, 80'000, 16), 10'000 * 20, 1e-6);
}

contracts::CostRow Row() {
  contracts::CostRow row;
  contracts::CostSubject subject;
  subject.component = "model";
  subject.max_batch_size_component = 12;
  row.subject = std::make_shared<const contracts::CostSubject>(subject);
  row.latency_ms_per_unit = 3;
  row.latency_ms_fixed = 5;
  row.gpu_memory_per_task_mb = 200;
  row.gpu_memory_fixed_mb = 700;
  return row;
}

TEST(BatchCostOf, TakesARowOfCosts) {
  const auto cost = BatchCostOf(Row(), MemoryKind::kVram, 16);
  ASSERT_TRUE(cost.has_value()) << cost.error().Text();
  EXPECT_EQ(cost->max_batch, 12);
  EXPECT_EQ(cost->Ms(4), 17);
  EXPECT_EQ(cost->PeakMb(4), 800);
  EXPECT_EQ(cost->fixed_mb, 700);
}

TEST(BatchCostOf, NotMeasuredIsNotZero) {
  contracts::CostRow row = Row();
  row.gpu_memory_per_task_mb.reset();
  const auto cost = BatchCostOf(row, MemoryKind::kVram, 16);
  ASSERT_FALSE(cost.has_value());
  EXPECT_EQ(cost.error().code, base::Code::kNotMeasured);
  EXPECT_THAT(cost.error().Text(), testing::HasSubstr("reelbatch bench memory"));
  EXPECT_THAT(cost.error().Text(), testing::HasSubstr("model: gpu_memory_per_task_mb"));
  EXPECT_FALSE(BatchCostOf(Row(), MemoryKind::kRam, 16).has_value())
      << "its RSS was not measured either";
}

TEST(BatchCostOf, RefusesFiguresThatCannotBe) {
  contracts::CostRow row = Row();
  row.gpu_memory_per_task_mb = 0;
  EXPECT_EQ(BatchCostOf(row, MemoryKind::kVram, 16).error().code, base::Code::kInvalidArgument);
  row = Row();
  row.latency_ms_fixed = -1;
  EXPECT_EQ(BatchCostOf(row, MemoryKind::kVram, 16).error().code, base::Code::kInvalidArgument);
  EXPECT_FALSE(CheckBatchCost({.max_batch = 0}, "m").has_value());
  EXPECT_FALSE(
      CheckBatchCost({.max_batch = 4, .points = {{.batch = 2, .ms = 1, .peak_mb = 1}}}, "m")
          .has_value())
      << "larger than the largest measured batch";
}

}  // namespace
}  // namespace reelbatch::planning
