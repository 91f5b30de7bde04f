#include "costs/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "costs/keys.h"
#include "costs/significance.h"
#include "costs/summary.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;
using contracts::CostSummary;

std::string PresetOf(const contracts::CostSubject& subject) {
  return subject.preset.empty() ? KnobsText(subject.knobs) : subject.preset;
}

DiffLine LineOf(const CostRow& row) {
  return {.part = PartText(*row.subject),
          .preset = PresetOf(*row.subject),
          .input = fmt::format("{}x{} {}", row.bucket.width, row.bucket.height,
                               InputKindName(row.input_kind))};
}

DiffLine LineOf(const CostSummary& summary) {
  return {.part = PartText(*summary.subject),
          .preset = PresetOf(*summary.subject),
          .input = fmt::format("{} {}, p50 of {}", AspectName(summary.aspect),
                               InputKindName(summary.input_kind), summary.buckets)};
}

std::string KeyOf(const DiffLine& line) {
  return line.part + "\n" + line.preset + "\n" + line.input;
}

std::optional<double> MsOf(const CostRow& row) { return row.latency_ms_per_unit; }
std::optional<double> MsOf(const CostSummary& summary) { return summary.p50_ms; }

std::vector<double> SamplesOf(const CostRow& row) {
  std::vector<double> samples;
  for (const float call : row.samples_ms)
    samples.push_back(static_cast<double>(call) / std::max(1, row.units_per_call));
  return samples;
}

std::optional<double> PValue(const CostRow& a, const CostRow& b) {
  return WelchP(SamplesOf(a), SamplesOf(b));
}
std::optional<double> PValue(const CostSummary&, const CostSummary&) { return std::nullopt; }

/// How far two loads are apart.
template <class Entry>
std::pair<int, int> LoadDistance(const Entry& a, const Entry& b) {
  return {std::abs(a.threads - b.threads), std::abs(a.concurrency - b.concurrency)};
}

template <class Entry>
std::vector<DiffLine> DiffEntries(const std::vector<Entry>& a, const std::vector<Entry>& b) {
  std::multimap<std::string, const Entry*> partners;
  for (const Entry& entry : a) partners.emplace(KeyOf(LineOf(entry)), &entry);
  std::map<std::string, bool> seen;
  std::vector<DiffLine> lines;
  for (const Entry& entry : b) {
    DiffLine line = LineOf(entry);
    line.b_ms = MsOf(entry);
    const auto [begin, end] = partners.equal_range(KeyOf(line));
    const auto nearest = std::min_element(begin, end, [&](const auto& x, const auto& y) {
      return LoadDistance(*x.second, entry) < LoadDistance(*y.second, entry);
    });
    if (nearest != end) {
      line.a_ms = MsOf(*nearest->second);
      line.p_value = PValue(*nearest->second, entry);
    }
    seen[KeyOf(line)] = true;
    lines.push_back(std::move(line));
  }
  for (const Entry& entry : a) {
    DiffLine line = LineOf(entry);
    if (seen.contains(KeyOf(line))) continue;
    line.a_ms = MsOf(entry);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

Diff DiffTables(const contracts::CostTable& a, const contracts::CostTable& b) {
  return {.summaries = DiffEntries(Summarise(a), Summarise(b)),
          .rows = DiffEntries(a.rows, b.rows)};
}

}  // namespace reelbatch::costs
