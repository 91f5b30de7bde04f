#include "costs/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <span>
#include <tuple>
#include <utility>

#include "costs/input_bucket.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;
using contracts::CostSubject;

constexpr size_t kSides = kGrid.size();

size_t Mix(size_t seed, size_t value) {
  return seed ^
         (value + 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U));  // boost::hash_combine
}

size_t HashOf(const contracts::KnobValue& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return std::hash<std::string_view>()(*text);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 3 : 5;
  if (const auto* whole = std::get_if<int64_t>(&value))
    return std::hash<double>()(static_cast<double>(*whole));
  return std::hash<double>()(*std::get_if<double>(&value));
}

size_t HashOf(std::string_view component, std::string_view part, const contracts::Knobs& knobs) {
  size_t hash = Mix(std::hash<std::string_view>()(component), std::hash<std::string_view>()(part));
  for (const auto& [name, value] : knobs) {
    hash = Mix(Mix(hash, std::hash<std::string_view>()(name)), HashOf(value));
  }
  return hash;
}

/// None: the row is of no bucket of the grid.
std::optional<size_t> SlotOf(const contracts::InputBucket& bucket) {
  const auto* side = std::ranges::find(kGrid, bucket.short_side, &GridSide::short_side);
  if (side == kGrid.end()) return std::nullopt;
  return static_cast<size_t>(side - kGrid.begin()) +
         (bucket.aspect == contracts::Aspect::k16x9 ? 0 : kSides);
}

bool SameSeries(const CostRow& a, const CostRow& b) {
  return a.device->id == b.device->id && a.threads == b.threads && a.concurrency == b.concurrency &&
         a.input_kind == b.input_kind && a.isa == b.isa;
}

/// Knobs without those whose effect the size model knows.
bool IsSize(std::string_view knob) { return knob.ends_with("_max_side"); }

/// Equal for series that differ in the sizes of their planes alone.
std::string FamilyOf(const CostSubject& subject, const CostRow& series) {
  std::string family = fmt::format(
      "{}\n{}\n{}\n{} {} {} {}", subject.component, subject.component_part, series.device->id,
      series.threads, series.concurrency, contracts::InputKindName(series.input_kind), series.isa);
  for (const auto& [name, value] : subject.knobs) {
    if (!IsSize(name)) family += fmt::format("\n{}={}", name, HashOf(value));
  }
  return family;
}

bool Replaces(const CostRow& row, const CostRow* held) {
  return held == nullptr || row.provenance->date >= held->provenance->date;
}

double TermsMs(const CostRow& row, const CostQuery& query) {
  double ms = row.latency_ms_per_unit.value_or(0);
  if (row.terms.empty()) return ms;
  ms = row.latency_ms_fixed;
  for (const contracts::CostTerm& term : row.terms) {
    const auto given = query.drivers.find(term.driver);
    if (given != query.drivers.end()) ms += term.ms * given->second;
  }
  return ms;
}

/// The row for a size: of its own bucket, else of the nearest larger one, else of the largest; of
/// its own aspect before the other.
const CostRow* RowFor(std::span<const CostRow* const> slots, const contracts::InputBucket& bucket) {
  const size_t own = SlotOf(bucket).value_or(0);
  const size_t side = own % kSides;
  const size_t aspect = own / kSides;
  for (size_t k = side; k < kSides; ++k) {
    for (const size_t turn : {aspect, 1 - aspect}) {
      if (slots[turn * kSides + k] != nullptr) return slots[turn * kSides + k];
    }
  }
  for (size_t k = side; k-- > 0;) {
    for (const size_t turn : {aspect, 1 - aspect}) {
      if (slots[turn * kSides + k] != nullptr) return slots[turn * kSides + k];
    }
  }
  return nullptr;
}

}  // namespace

std::string_view CostMatchName(CostMatch match) {
  switch (match) {
    case CostMatch::kExact:
      return "exact";
    case CostMatch::kBucket:
      return "bucket";
    case CostMatch::kOtherBucket:
      return "other bucket";
    case CostMatch::kOtherDevice:
      return "other device";
  }
  return "exact";
}

Registry::Registry(std::vector<contracts::CostTable> tables) : tables_(std::move(tables)) {
  for (const contracts::CostTable& table : tables_) {
    for (const CostRow& row : table.rows) Add(row);
  }
  FitModels();
}

void Registry::Add(const CostRow& row) {
  if (!row.latency_ms_per_unit && row.terms.empty()) return;
  const CostSubject& subject = *row.subject;
  auto known = by_subject_.find(&subject);
  if (known == by_subject_.end()) {
    const size_t hash = HashOf(subject.component, subject.component_part, subject.knobs);
    const auto [begin, end] = by_hash_.equal_range(hash);
    auto same = std::find_if(begin, end, [&](const auto& entry) {
      const CostSubject& other = *groups_[entry.second].subject;
      return other.component == subject.component &&
             other.component_part == subject.component_part &&
             contracts::SameKnobs(other.knobs, subject.knobs);
    });
    if (same == end) {
      same = by_hash_.emplace(hash, groups_.size());
      groups_.push_back({.subject = &subject, .series = {}});
    }
    known = by_subject_.emplace(&subject, same->second).first;
  }
  std::vector<Series>& all = groups_[known->second].series;
  auto series =
      std::ranges::find_if(all, [&](const Series& one) { return SameSeries(*one.first, row); });
  if (series == all.end()) series = all.insert(all.end(), {.first = &row, .rows = {}, .model = {}});
  const std::optional<size_t> slot = SlotOf(row.bucket);
  devices_.emplace(row.device->id, row.device.get());
  const CostRow*& held = slot ? series->rows[*slot] : series->any_size;
  if (Replaces(row, held)) held = &row;
}

void Registry::FitModels() {
  struct Family {
    std::vector<const CostRow*> rows;
    std::vector<Series*> series;
  };
  // Presets differ in the sizes of planes alone: together they say more about them than each by
  // itself.
  std::unordered_map<std::string, Family> families;
  for (Group& group : groups_) {
    for (Series& series : group.series) {
      Family& family = families[FamilyOf(*group.subject, *series.first)];
      family.series.push_back(&series);
      std::ranges::copy_if(series.rows, std::back_inserter(family.rows),
                           [](const CostRow* row) { return row != nullptr; });
    }
  }
  for (const auto& [name, family] : families) {
    const SizeModel model = SizeModel::Fit(family.rows);
    for (Series* series : family.series) series->model = model;
  }
}

const Registry::Group* Registry::FindGroup(const CostQuery& query) const {
  const auto [begin, end] =
      by_hash_.equal_range(HashOf(query.component, query.component_part, query.knobs));
  for (auto entry = begin; entry != end; ++entry) {
    const Group& group = groups_[entry->second];
    if (group.subject->component == query.component &&
        group.subject->component_part == query.component_part &&
        contracts::SameKnobs(group.subject->knobs, query.knobs)) {
      return &group;
    }
  }
  return nullptr;
}

const Registry::Series& Registry::Choose(const Group& group, const CostQuery& query) const {
  const contracts::DeviceProfile* wanted = Device(query.device);
  const auto rank = [&](const Series& series) {
    const CostRow& row = *series.first;
    const bool device = query.device.empty() || row.device->id == query.device;
    const bool isa = wanted == nullptr || row.device->isa == wanted->isa;
    // Least first: not below, then as near as possible.
    const int below = row.concurrency < query.concurrency ? 1 : 0;
    const int far = std::abs(row.concurrency - query.concurrency);
    return std::make_tuple(!device, device ? false : !isa, row.threads != query.threads,
                           row.input_kind != query.input_kind, below, far);
  };
  const Series* best = nullptr;
  for (const Series& series : group.series) {
    const bool later =
        best != nullptr && series.first->provenance->date > best->first->provenance->date;
    if (best == nullptr || rank(series) < rank(*best) || (rank(series) == rank(*best) && later))
      best = &series;
  }
  return *best;
}

base::Result<CostEstimate> Registry::Find(const CostQuery& query) const {
  const Group* group = FindGroup(query);
  if (group == nullptr) {
    const std::string part = query.component_part.empty() ? "" : "." + query.component_part;
    const std::string remedy =
        query.measured_by.empty() ? "" : fmt::format("; measure one with `{}`", query.measured_by);
    return base::Fail(base::Code::kNotMeasured, "no cost row has these knobs (settings)" + remedy,
                      query.component + part);
  }
  const Series& series = Choose(*group, query);
  CostEstimate estimate;
  const bool own_device = query.device.empty() || series.first->device->id == query.device;
  const bool own_threads = series.first->threads == query.threads;
  const contracts::InputBucket bucket = BucketOf(query.width, query.height);
  estimate.row = RowFor(series.rows, bucket);
  if (estimate.row == nullptr) {
    estimate.row = series.any_size;
    estimate.match = own_device ? CostMatch::kExact : CostMatch::kOtherDevice;
    estimate.extrapolated = !own_device || !own_threads;
    estimate.ms_per_unit = TermsMs(*estimate.row, query);
    estimate.cpu_rss_peak_mb = estimate.row->cpu_rss_peak_mb;
    return estimate;
  }
  const CostRow& row = *estimate.row;
  const bool same_size = row.bucket.width == query.width && row.bucket.height == query.height;
  const bool own_bucket =
      row.bucket.short_side == bucket.short_side && row.bucket.aspect == bucket.aspect;
  const bool above = std::min(query.width, query.height) > row.bucket.short_side;
  estimate.match = same_size    ? CostMatch::kExact
                   : own_bucket ? CostMatch::kBucket
                                : CostMatch::kOtherBucket;
  if (!own_device) estimate.match = CostMatch::kOtherDevice;
  estimate.extrapolated = !own_device || !own_threads || !own_bucket || above || row.extrapolated;
  const double here = series.model.Ms(query.width, query.height, query.knobs);
  const double there = series.model.Ms(row.bucket.width, row.bucket.height, query.knobs);
  estimate.ms_per_unit =
      row.latency_ms_per_unit.value_or(0) * (same_size || there <= 0 ? 1 : here / there);
  estimate.cpu_rss_peak_mb = row.cpu_rss_peak_mb;
  if (estimate.cpu_rss_peak_mb) {
    const double pixels = static_cast<double>(query.width) * query.height;
    const double measured = static_cast<double>(row.bucket.width) * row.bucket.height;
    *estimate.cpu_rss_peak_mb *= std::max(1.0, pixels / measured);
  }
  return estimate;
}

const contracts::DeviceProfile* Registry::Device(std::string_view id) const {
  const auto found = devices_.find(id);
  return found == devices_.end() ? nullptr : found->second;
}

}  // namespace reelbatch::costs
