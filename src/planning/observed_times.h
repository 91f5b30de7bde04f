#pragma once

#include <span>

#include "planning/batch_cost.h"

namespace reelbatch::planning {

/// Replaces predicted by observed times of batches: for sizes in `observed` (peak_mb is ignored)
/// exactly; for others by the factor of the nearest observed size, so that sizes stay comparable: a
/// prediction next to an observation would always win or always lose. Only if the cost has points.
/// Example: predicted 1: 1 ms, 2: 1 ms, 8: 2 ms; observed 1: 5 ms -> 5, 5, 10 ms.
void TakeObservedTimes(std::span<const BatchCost::Point> observed, BatchCost& cost);

}  // namespace reelbatch::planning
