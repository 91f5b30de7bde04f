#include "costs/pareto.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "costs/keys.h"

namespace reelbatch::costs {
namespace {

std::string CompetitionOf(const contracts::CostRow& row) {
  return fmt::format("{}\n{}\n{}\n{} {} {}", PartText(*row.subject), BucketText(row.bucket),
                     row.device->id, InputKindName(row.input_kind), row.threads, row.concurrency);
}

/// `points` by ms: efficient is what is better than everything that costs no more.
void MarkEfficient(std::vector<ParetoPoint>& points) {
  for (ParetoPoint& one : points) {
    one.efficient = one.f1 && std::ranges::none_of(points, [&](const ParetoPoint& other) {
                      if (&other == &one || !other.f1) return false;
                      const double cheaper =
                          *one.row->latency_ms_per_unit - *other.row->latency_ms_per_unit;
                      const double better = *other.f1 - *one.f1;
                      return cheaper >= 0 && better >= 0 && (cheaper > 0 || better > 0);
                    });
  }
}

}  // namespace

std::vector<ParetoGroup> Pareto(const contracts::CostTable& table) {
  std::vector<ParetoGroup> groups;
  std::map<std::string, size_t> places;
  for (const contracts::CostRow& row : table.rows) {
    if (!row.latency_ms_per_unit) continue;
    const auto [place, fresh] = places.emplace(CompetitionOf(row), groups.size());
    if (fresh) groups.emplace_back();
    groups[place->second].points.push_back(
        {.row = &row, .f1 = row.quality ? row.quality->f1_truth : std::nullopt});
  }
  std::erase_if(groups, [](const ParetoGroup& group) { return group.points.size() < 2; });
  for (ParetoGroup& group : groups) {
    std::ranges::stable_sort(group.points, {},
                             [](const ParetoPoint& one) { return *one.row->latency_ms_per_unit; });
    MarkEfficient(group.points);
  }
  return groups;
}

}  // namespace reelbatch::costs
