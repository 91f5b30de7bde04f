#pragma once

#include <optional>
#include <span>
#include <vector>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// A step of the batch time between two measured sizes, in addition to the time per unit.
struct BatchStep {
  int after = 0;   // the last measured size below it
  int before = 0;  // the first measured size above it
  double ms = 0;   // height
};

/// ms(b) = fixed_ms + ms_per_unit * b, plus every step below b.
struct BatchFit {
  double fixed_ms = 0;
  double ms_per_unit = 0;
  std::vector<BatchStep> steps;  // by size, ascending
  double mean_error = 0;         // mean |fit - measured| / measured
  double worst_error = 0;
  double Ms(int batch) const;
};

/// Least squares over the points, without negative coefficients. A step is added if it is at least
/// a tenth of the time next to it and removes three quarters of the squared error; at most one step
/// per three points. None: fewer than two points.
std::optional<BatchFit> FitBatchTime(std::span<const contracts::CostPoint> points);

/// Peak memory of the smallest measured batch that is not smaller than `batch`: memory grows in
/// steps, so it is not interpolated. None: larger than the largest measured batch, or not measured
/// there.
std::optional<double> PeakMb(std::span<const contracts::CostPoint> points, int batch);

}  // namespace reelbatch::costs
