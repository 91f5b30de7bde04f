#include "costs/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <ranges>
#include <string>
#include <unordered_map>
#include <utility>

#include "costs/keys.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;
using contracts::CostSummary;

struct MeasuredSizes {
  CostSummary summary;
  std::map<std::pair<int, int>, double>
      ms;  // by size: a size that was measured twice is one bucket
};

}  // namespace

double Quantile(std::span<const double> sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - std::floor(place));
}

std::vector<CostSummary> Summarise(const contracts::CostTable& table) {
  std::vector<MeasuredSizes> all;
  std::unordered_map<std::string, size_t> places;
  for (const CostRow& row : table.rows) {
    if (!row.latency_ms_per_unit || row.bucket.short_side == 0) continue;
    const std::string key =
        fmt::format("{}\n{}\n{}\n{} {} {} {} {}", SubjectKey(*row.subject), row.subject->preset,
                    row.device->id, contracts::AspectName(row.bucket.aspect), row.threads,
                    row.concurrency, row.isa, contracts::InputKindName(row.input_kind));
    const auto [place, fresh] = places.emplace(key, all.size());
    if (fresh) {
      MeasuredSizes& cells = all.emplace_back();
      cells.summary.subject = row.subject;
      cells.summary.device = row.device;
      cells.summary.provenance = row.provenance;
      cells.summary.aspect = row.bucket.aspect;
      cells.summary.input_kind = row.input_kind;
      cells.summary.threads = row.threads;
      cells.summary.concurrency = row.concurrency;
    }
    all[place->second].ms.emplace(std::pair(row.bucket.width, row.bucket.height),
                                  *row.latency_ms_per_unit);
  }
  std::vector<CostSummary> summaries;
  for (MeasuredSizes& cells : all) {
    if (cells.ms.size() < 2) continue;
    std::vector<double> ms;
    std::ranges::copy(cells.ms | std::views::values, std::back_inserter(ms));
    std::ranges::sort(ms);
    cells.summary.buckets = static_cast<int>(ms.size());
    cells.summary.min_ms = ms.front();
    cells.summary.p50_ms = Quantile(ms, 0.5);
    cells.summary.p95_ms = Quantile(ms, 0.95);
    cells.summary.max_ms = ms.back();
    summaries.push_back(cells.summary);
  }
  for (const CostSummary& kept : table.summaries) {
    const bool measured = std::ranges::any_of(summaries, [&](const CostSummary& one) {
      return SubjectKey(*one.subject) == SubjectKey(*kept.subject) &&
             one.device->id == kept.device->id && one.aspect == kept.aspect;
    });
    if (!measured) summaries.push_back(kept);
  }
  return summaries;
}

}  // namespace reelbatch::costs
