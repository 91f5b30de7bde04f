#include "costs/batch_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "costs/least_squares.h"

namespace reelbatch::costs {
namespace {

using contracts::CostPoint;

constexpr size_t kMostSteps = 4;
constexpr size_t kDrivers = 2 + kMostSteps;
constexpr double kLeastShare = 0.1;  // of the time beside it: less is noise of the measurement
constexpr double kLeastExplained = 0.75;

/// Indices of points behind which a step lies.
using Splits = std::vector<size_t>;

struct Fitted {
  BatchFit fit;
  double squares = 0;
};

Fitted FitWith(std::span<const CostPoint> points, const Splits& splits) {
  NonNegativeFit<kDrivers> fit;
  const auto drivers = [&](int batch) {
    std::array<double, kDrivers> row{1, static_cast<double>(batch)};
    for (size_t s = 0; s < splits.size(); ++s) row[2 + s] = batch > points[splits[s]].batch ? 1 : 0;
    return row;
  };
  for (const CostPoint& point : points) fit.Add(drivers(point.batch), point.ms, 1);
  const auto solution = fit.Solve();
  Fitted fitted;
  fitted.fit.fixed_ms = solution[0];
  fitted.fit.ms_per_unit = solution[1];
  for (size_t s = 0; s < splits.size(); ++s) {
    fitted.fit.steps.push_back({.after = points[splits[s]].batch,
                                .before = points[splits[s] + 1].batch,
                                .ms = solution[2 + s]});
  }
  std::ranges::sort(fitted.fit.steps, {}, &BatchStep::after);
  for (const CostPoint& point : points) {
    const double error = fitted.fit.Ms(point.batch) - point.ms;
    fitted.squares += error * error;
    const double relative = point.ms > 0 ? std::abs(error) / point.ms : 0;
    fitted.fit.mean_error += relative / static_cast<double>(points.size());
    fitted.fit.worst_error = std::max(fitted.fit.worst_error, relative);
  }
  return fitted;
}

/// The step that explains most, where one explains enough.
std::optional<Fitted> WithOneMore(std::span<const CostPoint> points, const Fitted& now,
                                  Splits& splits) {
  std::optional<Fitted> best;
  size_t where = 0;
  for (size_t k = 0; k + 1 < points.size(); ++k) {
    if (std::ranges::find(splits, k) != splits.end()) continue;
    Splits more = splits;
    more.push_back(k);
    Fitted with = FitWith(points, more);
    const auto step = std::ranges::find(with.fit.steps, points[k].batch, &BatchStep::after);
    if (step->ms < kLeastShare * points[k].ms) continue;
    if (best && with.squares >= best->squares) continue;
    best = std::move(with);
    where = k;
  }
  if (!best || best->squares > (1 - kLeastExplained) * now.squares) return std::nullopt;
  splits.push_back(where);
  return best;
}

}  // namespace

double BatchFit::Ms(int batch) const {
  double ms = fixed_ms + ms_per_unit * batch;
  for (const BatchStep& step : steps) ms += batch > step.after ? step.ms : 0;
  return ms;
}

std::optional<BatchFit> FitBatchTime(std::span<const CostPoint> points) {
  if (points.size() < 2) return std::nullopt;
  Splits splits;
  Fitted fitted = FitWith(points, splits);
  while (splits.size() < std::min(kMostSteps, points.size() / 3)) {
    auto more = WithOneMore(points, fitted, splits);
    if (!more) break;
    fitted = std::move(*more);
  }
  return fitted.fit;
}

std::optional<double> PeakMb(std::span<const CostPoint> points, int batch) {
  const auto found = std::ranges::lower_bound(points, batch, {}, &CostPoint::batch);
  return found == points.end() ? std::nullopt : found->peak_mb;
}

}  // namespace reelbatch::costs
