#include "costs/size_model.h"

#include <algorithm>
#include <cmath>

#include "costs/least_squares.h"

namespace reelbatch::costs {
namespace {

constexpr size_t kLeastRows = 3;

/// Megapixels of a plane whose long side is at most the knob's; 0 without the knob.
double PlaneMpx(int width, int height, const contracts::Knobs& knobs, std::string_view knob) {
  const auto found = knobs.find(knob);
  if (found == knobs.end()) return 0;
  double side = 0;
  if (const auto* whole = std::get_if<int64_t>(&found->second)) side = static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&found->second)) side = *real;
  const double scale = std::min(1.0, side / std::max(1, std::max(width, height)));
  return scale * scale * width * height / 1e6;
}

}  // namespace

SizeModel::Drivers SizeModel::DriversOf(int width, int height, const contracts::Knobs& knobs) {
  return {1.0, width / 1e6 * height, PlaneMpx(width, height, knobs, "ssim_max_side"),
          PlaneMpx(width, height, knobs, "flow_max_side")};
}

SizeModel SizeModel::Fit(std::span<const contracts::CostRow* const> rows) {
  SizeModel model;
  NonNegativeFit<kDrivers> fit;
  size_t used = 0;
  for (const contracts::CostRow* row : rows) {
    if (!row->latency_ms_per_unit || *row->latency_ms_per_unit <= 0) continue;
    fit.Add(DriversOf(row->bucket.width, row->bucket.height, row->subject->knobs),
            *row->latency_ms_per_unit, 1 / *row->latency_ms_per_unit);
    ++used;
  }
  if (used < kLeastRows) return model;
  model.ms_per_ = fit.Solve();
  return model;
}

double SizeModel::Ms(int width, int height, const contracts::Knobs& knobs) const {
  const Drivers drivers = DriversOf(width, height, knobs);
  double ms = 0;
  for (size_t k = 0; k < kDrivers; ++k) ms += ms_per_[k] * drivers[k];
  return ms;
}

}  // namespace reelbatch::costs
