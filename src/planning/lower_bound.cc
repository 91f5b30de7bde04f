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

/// Note [Lanes and memory together]: batches of a plan that ends after T take at most lanes x T of
/// lane time and budget x T of ms x MB. So for every share s in [0, 1], T >= s x lane time / lanes
/// + (1 - s) x area / budget, and no choice of batch sizes makes that sum less than each key's
/// least one. The largest over s is the bound; 1 is work alone, 0 memory alone. `most_mb`: of one
/// unit of any key of the device, which runs even where it is beyond the budget.
double LeastDemand(const BatchCost& cost, const DeviceLoad& device, double most_mb, double share) {
  double least = std::numeric_limits<double>::infinity();
  for (int b = 1; b <= LargestBatch(cost, device.budget_mb); ++b) {
    const double lane = share / std::max(1, device.lanes);
    const double memory =
        share < 1 ? (1 - share) * cost.PeakMb(b) / std::max(device.budget_mb, most_mb) : 0;
    least = std::min(least, cost.Ms(b) / b * (lane + memory));
  }
  return least;
}

}  // namespace

std::string_view BoundKindName(BoundKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"work", "memory", "chain", "decode"};
  return kNames[static_cast<size_t>(kind)];
}

LowerBound BoundOf(const Workload& load) {
  LowerBound bound{.ms = load.source_ms / std::max(1, load.cores), .kind = BoundKind::kDecode};
  const auto raise = [&bound](double ms, BoundKind kind) {
    if (ms > bound.ms) bound = {.ms = ms, .kind = kind};
  };
  raise(load.longest_chain_ms, BoundKind::kChain);
  for (size_t d = 0; d < load.devices.size(); ++d) {
    const DeviceLoad& device = load.devices[d];
    constexpr int kSteps = 16;
    double most_mb = 0;
    for (const KeyLoad& key : load.keys) {
      if (static_cast<size_t>(key.device) == d) most_mb = std::max(most_mb, key.cost->PeakMb(1));
    }
    for (int step = kSteps; step >= (device.budget_mb > 0 ? 0 : kSteps); --step) {
      const double share = static_cast<double>(step) / kSteps;
      double ms = 0;
      for (const KeyLoad& key : load.keys) {
        if (static_cast<size_t>(key.device) != d || key.units == 0) continue;
        ms += static_cast<double>(key.units) * LeastDemand(*key.cost, device, most_mb, share);
      }
      raise(ms, step == kSteps ? BoundKind::kWork : BoundKind::kMemory);
    }
  }
  return bound;
}

}  // namespace reelbatch::planning
