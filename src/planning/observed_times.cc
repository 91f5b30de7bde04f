#include "planning/observed_times.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace reelbatch::planning {
namespace {

/// A size that was seen, and what it took by what was expected.
struct Seen {
  int batch = 1;
  double ms = 0;
  double ratio = 1;
};

double Distance(int a, int b) { return std::abs(std::log2(static_cast<double>(a) / b)); }

}  // namespace

void TakeObservedTimes(std::span<const BatchCost::Point> observed, BatchCost& cost) {
  std::vector<Seen> seen;
  for (const BatchCost::Point& point : observed) {
    const double expected = cost.Ms(point.batch);
    if (!cost.points.empty() && point.ms > 0 && expected > 0)
      seen.push_back({.batch = point.batch, .ms = point.ms, .ratio = point.ms / expected});
  }
  if (seen.empty()) return;
  for (BatchCost::Point& point : cost.points) {
    const auto nearest = std::ranges::min_element(
        seen, {}, [&](const Seen& one) { return Distance(one.batch, point.batch); });
    point.ms = nearest->batch == point.batch ? nearest->ms : point.ms * nearest->ratio;
  }
}

}  // namespace reelbatch::planning
