#include "planning/memory_budget.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "planning/batch_cost.h"

namespace reelbatch::planning {
namespace {

DeviceMemory Free(int64_t mb) { return {.total_mb = mb, .used_mb = 0}; }

TEST(MemoryBudget, RoundsAQuarterHalfToEven) {
  EXPECT_EQ(HeadroomMb(4096), 1024);
  EXPECT_EQ(HeadroomMb(4097), 1024);
  EXPECT_EQ(HeadroomMb(4098), 1024);  // 1024.5: to the even one
  EXPECT_EQ(HeadroomMb(4099), 1025);
  EXPECT_EQ(HeadroomMb(4102), 1026);  // 1025.5
  EXPECT_EQ(HeadroomMb(0), 1024);
}

TEST(MemoryBudget, IsWhatHeadroomLeaves) {
  EXPECT_EQ(EffectiveBudgetMb(Free(4096)), 3072);
  EXPECT_EQ(EffectiveBudgetMb(Free(4097)), 3073);
  EXPECT_EQ(EffectiveBudgetMb(Free(4098)), 3074);
  EXPECT_EQ(EffectiveBudgetMb(Free(1024)), 0);
  EXPECT_EQ(EffectiveBudgetMb({.total_mb = 100, .used_mb = 200}), 0);
}

/// As the planner sizes a batch: what is fixed off the budget, one unit even where nothing fits.
int BatchFor(DeviceMemory memory, const BatchCost& cost) {
  return std::max(
      1, cost.LargestThatFits(static_cast<double>(EffectiveBudgetMb(memory)) - cost.fixed_mb));
}

TEST(MemoryBudget, BatchesAsTheSeedSays) {
  const auto toy = [](double mb, int most) {
    return BatchCost{.max_batch = most, .ms_per_unit = 1, .mb_per_unit = mb};
  };
  EXPECT_EQ(BatchFor({.total_mb = 8192, .used_mb = 2048}, toy(300, 16)), 15);
  EXPECT_EQ(BatchFor({.total_mb = 8192, .used_mb = 2048}, toy(288, 16)), 16);
  EXPECT_EQ(BatchFor({.total_mb = 8192, .used_mb = 2048}, toy(300, 4)), 4);
  EXPECT_EQ(BatchFor(Free(512), toy(300, 16)), 1) << "nothing fits: the OOM rule decides";
}

TEST(MemoryBudget, TakesOffWhatIsFixed) {
  // free 6144, headroom 1536, effective 4608, rest 3608.
  EXPECT_EQ(BatchFor({.total_mb = 8192, .used_mb = 2048},
                     {.max_batch = 16, .fixed_mb = 1000, .ms_per_unit = 1, .mb_per_unit = 300}),
            12);
}

TEST(MemoryBudget, NeverReadsBetweenMeasuredPoints) {
  BatchCost cost{.max_batch = 16,
                 .points = {{1, 1, 100}, {4, 3, 400}, {8, 6, 3100}, {16, 12, 3000}}};
  EXPECT_EQ(BatchFor(Free(4096), cost), 4) << "3072: 8 does not fit, and 16 is not tried beyond it";
  EXPECT_EQ(BatchFor(Free(8192), cost), 16);
  cost.max_batch = 10;
  EXPECT_EQ(BatchFor(Free(8192), cost), 10) << "what 16 holds is enough for 10";
  EXPECT_EQ(BatchFor(Free(0), cost), 1);
}

}  // namespace
}  // namespace reelbatch::planning
