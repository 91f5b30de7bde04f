#include "planning/lower_bound.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace reelbatch::planning {
namespace {

int LargestBatch(const BatchCost& cost, double budget_mb) {
  return std::max(1, cost.LargestThatFits(budget_mb - cost.fixed_mb));
}

/// The least ms x MB that one unit can take.
double LeastArea(const BatchCost& cost, double budget_mb) {
  double least = std::numeric_limits<double>::infinity();
  for (int b = 1; b <= LargestBatch(cost, budget_mb); ++b) least = std::min(least, cost.Ms(b) * cost.PeakMb(b) / b);
  return least;
}

}  // namespace

std::string_view BoundKindName(BoundKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"work", "memory", "chain", "decode"};
  return kNames[static_cast<size_t>(kind)];
}

double BestMsPerUnit(const BatchCost& cost, double budget_mb) {
  const int best = BestRatioBatch(cost, LargestBatch(cost, budget_mb));
  return cost.Ms(best) / best;
}

LowerBound BoundOf(const Workload& load) {
  LowerBound bound{.ms = load.source_ms / std::max(1, load.cores), .kind = BoundKind::kDecode};
  const auto raise = [&bound](double ms, BoundKind kind) {
    if (ms > bound.ms) bound = {.ms = ms, .kind = kind};
  };
  raise(load.longest_chain_ms, BoundKind::kChain);
  for (size_t d = 0; d < load.devices.size(); ++d) {
    const DeviceLoad& device = load.devices[d];
    double work = 0;
    double area = 0;
    for (const KeyLoad& key : load.keys) {
      if (static_cast<size_t>(key.device) != d || key.units == 0) continue;
      work += static_cast<double>(key.units) * BestMsPerUnit(*key.cost, device.budget_mb);
      area += static_cast<double>(key.units) * LeastArea(*key.cost, device.budget_mb);
    }
    raise(work / std::max(1, device.lanes), BoundKind::kWork);
    if (device.budget_mb > 0) raise(area / device.budget_mb, BoundKind::kMemory);
  }
  return bound;
}

}  // namespace reelbatch::planning
