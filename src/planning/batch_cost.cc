#include "planning/batch_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace reelbatch::planning {
namespace {

/// ms or MB. A batch of more than 11 days is no price, and sums of them would not be times any
/// more.
constexpr double kMostFigure = 1e9;
constexpr int kMostBatch = 1 << 16;

bool IsFigure(double value) { return std::isfinite(value) && value >= 0 && value <= kMostFigure; }

base::Status Wrong(const std::string& name, const char* field, const std::string& what) {
  return base::Fail(base::Code::kInvalidArgument, what, name + ": " + field);
}

/// sums[n]: the least ms for n units; sums[0] = 0.
std::vector<double> LeastSums(const BatchCost& cost, int units, int most) {
  std::vector<double> times(static_cast<size_t>(most) + 1);
  for (int b = 1; b <= most; ++b) times[static_cast<size_t>(b)] = cost.Ms(b);
  std::vector<double> sums(static_cast<size_t>(units) + 1, 0);
  for (int n = 1; n <= units; ++n) {
    double least = std::numeric_limits<double>::infinity();
    for (int b = 1; b <= std::min(n, most); ++b) {
      least = std::min(least, times[static_cast<size_t>(b)] + sums[static_cast<size_t>(n - b)]);
    }
    sums[static_cast<size_t>(n)] = least;
  }
  return sums;
}

}  // namespace

double BatchCost::Ms(int batch) const {
  if (points.empty()) return fixed_ms + ms_per_unit * batch;
  const auto next = std::ranges::lower_bound(points, batch, {}, &Point::batch);
  if (next == points.end()) return points.back().ms * batch / points.back().batch;
  // Below the first point a batch costs what that point costs: padding is not known to be free.
  if (next == points.begin() || next->batch == batch) return next->ms;
  const Point& before = *(next - 1);
  const double share = static_cast<double>(batch - before.batch) / (next->batch - before.batch);
  return before.ms + share * (next->ms - before.ms);
}

double BatchCost::PeakMb(int batch) const {
  if (points.empty()) return mb_per_unit * batch;
  const auto next = std::ranges::lower_bound(points, batch, {}, &Point::batch);
  return next == points.end() ? std::numeric_limits<double>::infinity() : next->peak_mb;
}

int BatchCost::LargestThatFits(double budget_mb) const {
  if (points.empty()) {
    if (budget_mb < 0) return 0;
    if (mb_per_unit <= 0) return max_batch;
    return static_cast<int>(std::min<double>(max_batch, std::floor(budget_mb / mb_per_unit)));
  }
  int largest = 0;
  for (const Point& point : points) {
    // A peak that falls again later does not make the larger batch safe before the smaller one is.
    if (point.peak_mb > budget_mb) break;
    largest = point.batch;
  }
  return std::min(largest, max_batch);
}

base::Status CheckBatchCost(const BatchCost& cost, const std::string& name) {
  if (cost.max_batch < 1) {
    return Wrong(
        name, "max_batch",
        fmt::format("the maximum batch size is {}, but must be at least 1", cost.max_batch));
  }
  if (cost.max_batch > kMostBatch)
    return Wrong(name, "max_batch",
                 fmt::format("{} is larger than {}", cost.max_batch, kMostBatch));
  if (!IsFigure(cost.fixed_mb))
    return Wrong(name, "fixed_mb", "is not a number of MB from 0 to 1e9");
  if (!IsFigure(cost.fixed_ms))
    return Wrong(name, "fixed_ms", "is not a number of ms from 0 to 1e9");
  if (!IsFigure(cost.ms_per_unit))
    return Wrong(name, "ms_per_unit", "is not a number of ms from 0 to 1e9");
  if (!IsFigure(cost.mb_per_unit))
    return Wrong(name, "mb_per_unit", "is not a number of MB from 0 to 1e9");
  int before = 0;
  for (const BatchCost::Point& point : cost.points) {
    if (point.batch <= before)
      return Wrong(name, "points", "must be in the order of their batch size, starting at 1");
    if (!IsFigure(point.ms) || point.ms == 0 || !IsFigure(point.peak_mb)) {
      return Wrong(name, "points",
                   fmt::format("batch size {} has no time or no memory", point.batch));
    }
    before = point.batch;
  }
  if (!cost.points.empty() && cost.points.back().batch < cost.max_batch) {
    return Wrong(
        name, "max_batch",
        fmt::format("{} is larger than the largest measured batch, {}", cost.max_batch, before));
  }
  return {};
}

base::Result<BatchCost> BatchCostOf(const contracts::CostRow& row, MemoryKind memory,
                                    int default_max_batch) {
  const std::string& name = row.subject->component;
  const bool vram = memory == MemoryKind::kVram;
  const std::optional<double>& peak = vram ? row.gpu_memory_per_task_mb : row.cpu_rss_peak_mb;
  const char* const field = vram ? "gpu_memory_per_task_mb" : "cpu_rss_peak_mb";
  BatchCost cost{.memory = memory,
                 .max_batch = row.subject->max_batch_size_component.value_or(default_max_batch),
                 .fixed_mb = vram ? row.gpu_memory_fixed_mb : row.cpu_rss_fixed_mb,
                 .fixed_ms = row.latency_ms_fixed,
                 .ms_per_unit = row.latency_ms_per_unit.value_or(0)};
  for (const contracts::CostPoint& point : row.points) {
    if (!point.peak_mb) break;
    cost.points.push_back({.batch = point.batch, .ms = point.ms, .peak_mb = *point.peak_mb});
  }
  if (cost.points.empty()) {
    if (!peak) {
      return base::Fail(
          base::Code::kNotMeasured,
          fmt::format(
              "is N/A (not measured): measure it with `reelbatch bench memory --part {} --out DIR`",
              name),
          name + ": " + field);
    }
    if (!row.latency_ms_per_unit) {
      return base::Fail(
          base::Code::kNotMeasured,
          fmt::format(
              "is N/A (not measured): measure it with `reelbatch bench matrix --part {} --out DIR`",
              name),
          name + ": latency_ms_per_unit");
    }
    if (vram && !(*peak > 0)) {
      return base::Fail(
          base::Code::kInvalidArgument,
          fmt::format("{} MB per task is not possible; write N/A if it is not measured", *peak),
          name + ": " + field);
    }
    cost.mb_per_unit = vram ? *peak : std::max(0.0, *peak - cost.fixed_mb);
  } else {
    cost.max_batch = std::min(cost.max_batch, cost.points.back().batch);
  }
  if (auto checked = CheckBatchCost(cost, name); !checked) return std::unexpected(checked.error());
  return cost;
}

int BestRatioBatch(const BatchCost& cost, int most) { return BestSharedBatch(cost, most, 1, 0); }

int BestSharedBatch(const BatchCost& cost, int most, int lanes, double budget_mb) {
  constexpr double kSame = 1e-9;
  int best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (int b = 1; b <= most; ++b) {
    // Not rounded down: what one key leaves over another one can use.
    const double side_by_side = lanes == 1 ? 1
                                           : std::clamp(budget_mb / std::max(cost.PeakMb(b), 1e-9),
                                                        1.0, static_cast<double>(lanes));
    const double ms_per_unit = cost.Ms(b) / b / side_by_side;
    if (ms_per_unit > least * (1 + kSame)) continue;
    best = b;
    least = std::min(least, ms_per_unit);
  }
  return best;
}

int FirstBatch(const BatchCost& cost, int units, int most) {
  if (units >= 2 * most) return BestRatioBatch(cost, most);
  const std::vector<double> sums = LeastSums(cost, units, most);
  // Of equal series the one that begins with the largest batch: what comes later may still be
  // joined by retries.
  for (int b = std::min(units, most); b > 1; --b) {
    if (cost.Ms(b) + sums[static_cast<size_t>(units - b)] <= sums.back() * (1 + 1e-12)) return b;
  }
  return 1;
}

double LeastMs(const BatchCost& cost, int64_t units, int most) {
  double ms = 0;
  if (units >= 2 * int64_t{most}) {
    const int best = BestRatioBatch(cost, most);
    const int64_t whole = (units - 2 * int64_t{most}) / best + 1;
    ms = static_cast<double>(whole) * cost.Ms(best);
    units -= whole * best;
  }
  return ms + LeastSums(cost, static_cast<int>(units), most).back();
}

}  // namespace reelbatch::planning
