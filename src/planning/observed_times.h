#pragma once

#include <span>

#include "planning/batch_cost.h"

namespace reelbatch::planning {

/// Takes over what batches were seen to take: of the sizes in `observed` (peak_mb means nothing)
/// exactly that; of others as much more or less than expected as the nearest size that was seen, so
/// that sizes stay comparable: a guess beside a fact would always win or always lose. Only where
/// the cost has points. Example: expected 1: 1 ms, 2: 1 ms, 8: 2 ms; seen 1: 5 ms -> 5, 5, 10 ms.
void TakeObservedTimes(std::span<const BatchCost::Point> observed, BatchCost& cost);

}  // namespace reelbatch::planning
