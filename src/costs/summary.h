#pragma once

#include <span>
#include <vector>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// The p-quantile, 0 <= p <= 1, with linear interpolation between order statistics (NumPy's
/// default). `sorted` is ascending and not empty.   Example: p = .5 of {1, 2, 4, 8} -> 3.
double Quantile(std::span<const double> sorted, double p);

/// One summary per component part, preset, knobs, aspect, device, threads, concurrency and kind of
/// input that has two buckets or more, over the rows' latency, of a size that was measured more
/// than once the first row's; those of the table that no rows stand for come after. In the order of
/// the rows. Source: docs/requirements.md, "Matrix sweep".
std::vector<contracts::CostSummary> Summarise(const contracts::CostTable& table);

}  // namespace reelbatch::costs
