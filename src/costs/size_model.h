#pragma once

#include <array>
#include <span>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// How the cost of a visual component grows with the size of its input: pixels of the source, of
/// the plane for SSIM and of the plane for flow (knobs `ssim_max_side`,
/// `flow_max_side`; 0: there is none), and a fixed part. Fitted to rows that differ in nothing
/// else.
class SizeModel {
 public:
  /// Least relative squares without negative coefficients, over rows with a latency. Fewer than 3
  /// such rows: the cost grows with the pixels of the source.
  static SizeModel Fit(std::span<const contracts::CostRow* const> rows);

  /// ms of a size according to the fit; only ratios are used.
  double Ms(int width, int height, const contracts::Knobs& knobs) const;

 private:
  static constexpr size_t kDrivers = 4;
  using Drivers = std::array<double, kDrivers>;
  static Drivers DriversOf(int width, int height, const contracts::Knobs& knobs);

  Drivers ms_per_{0, 1, 0, 0};
};

}  // namespace reelbatch::costs
