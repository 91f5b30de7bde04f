#include "planning/lower_bound.h"

#include <gtest/gtest.h>

#include <array>

namespace reelbatch::planning {
namespace {

TEST(LowerBound, IsTheLargestOfItsParts) {
  const BatchCost cost{.max_batch = 4, .fixed_ms = 4, .ms_per_unit = 1, .mb_per_unit = 100};
  const std::array<DeviceLoad, 1> devices{{{.lanes = 2, .budget_mb = 1000}}};
  std::array<KeyLoad, 1> keys{{{.cost = &cost, .device = 0, .units = 100}}};
  Workload load{.devices = devices, .keys = keys, .source_ms = 50, .cores = 1};
  EXPECT_EQ(BoundOf(load).ms, 100) << "100 units at 2 ms, on two lanes";
  EXPECT_EQ(BoundOf(load).kind, BoundKind::kWork);
  load.source_ms = 300;
  EXPECT_EQ(BoundOf(load).ms, 300);
  EXPECT_EQ(BoundOf(load).kind, BoundKind::kDecode);
  load.cores = 4;
  load.longest_chain_ms = 120;
  EXPECT_EQ(BoundOf(load).kind, BoundKind::kChain);
}

TEST(LowerBound, MemoryTimesTime) {
  // One unit alone takes 5 ms x 500 MB, the least area of all sizes.
  const BatchCost cost{.max_batch = 4, .fixed_ms = 4, .ms_per_unit = 1, .mb_per_unit = 500};
  const std::array<DeviceLoad, 1> devices{{{.lanes = 64, .budget_mb = 2000}}};
  const std::array<KeyLoad, 1> keys{{{.cost = &cost, .device = 0, .units = 100}}};
  const LowerBound bound = BoundOf({.devices = devices, .keys = keys});
  EXPECT_EQ(bound.kind, BoundKind::kMemory);
  EXPECT_EQ(bound.ms, 100 * 5 * 500 / 2000.0);
}

TEST(LowerBound, OnlySizesThatFitCount) {
  const BatchCost cost{.max_batch = 16, .fixed_ms = 9, .ms_per_unit = 1, .mb_per_unit = 100};
  const auto least_ms = [&cost](double budget_mb) {
    const std::array<DeviceLoad, 1> devices{{{.lanes = 1, .budget_mb = budget_mb}}};
    const std::array<KeyLoad, 1> keys{{{.cost = &cost, .device = 0, .units = 12}}};
    return BoundOf({.devices = devices, .keys = keys}).ms;
  };
  EXPECT_EQ(least_ms(300), 12 * 4) << "three of them fit";
  EXPECT_EQ(least_ms(10), 12 * 10) << "one is always tried";
}

}  // namespace
}  // namespace reelbatch::planning
