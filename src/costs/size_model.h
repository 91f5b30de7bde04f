#pragma once

#include <array>
#include <span>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// How the cost of a visual component grows with the size of its input: pixels of the source, of
/// the plane that SSIM sees and of the plane that flow sees (knobs `ssim_max_side`,
/// `flow_max_side`; 0: there is none), and a share that does not grow. Fitted to rows that differ
/// in nothing else.
class SizeModel {
 public:
  /// Least relative squares with no negative share, over rows with a latency. Fewer than 3 such
  /// rows: a cost grows as the source's pixels do.
  static SizeModel Fit(std::span<const contracts::CostRow* const> rows);

  /// ms of a size as the fit has it; only ratios of it are used.
  double Ms(int width, int height, const contracts::Knobs& knobs) const;

 private:
  static constexpr size_t kDrivers = 4;
  using Drivers = std::array<double, kDrivers>;
  static Drivers DriversOf(int width, int height, const contracts::Knobs& knobs);

  Drivers ms_per_{0, 1, 0, 0};
};

}  // namespace reelbatch::costs
