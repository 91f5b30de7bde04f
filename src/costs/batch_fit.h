#pragma once

#include <optional>
#include <span>
#include <vector>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// A jump of the time of a batch between two measured sizes, beside what every unit adds.
struct BatchStep {
  int after = 0;   // the last measured size below it
  int before = 0;  // the first measured size above it
  double ms = 0;   // how high
};

/// ms(b) = fixed_ms + ms_per_unit * b, plus every step that b lies above.
struct BatchFit {
  double fixed_ms = 0;
  double ms_per_unit = 0;
  std::vector<BatchStep> steps;  // by size, ascending
  double mean_error = 0;         // mean |fit - measured| / measured
  double worst_error = 0;
  double Ms(int batch) const;
};

/// Least squares over the points, with no negative share. A step is taken in where it is at least a
/// tenth of the time beside it and takes away three quarters of the squared error; at most a step
/// per three points. None: fewer than two points.
std::optional<BatchFit> FitBatchTime(std::span<const contracts::CostPoint> points);

/// Peak of the smallest measured batch that is not below `batch`: memory grows in steps, so nothing
/// is read between two points. None: above the largest measured one, or not measured there.
std::optional<double> PeakMb(std::span<const contracts::CostPoint> points, int batch);

}  // namespace reelbatch::costs
