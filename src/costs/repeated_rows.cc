#include "costs/repeated_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <string>
#include <utility>

#include "costs/keys.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

uint64_t Hashed(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6U) + (hash >> 2U);  // boost::hash_combine
  return hash * 0xff51afd7ed558ccdULL;                                  // MurmurHash3's finaliser
}

template <class T>
uint64_t Bits(const T* pointer) {
  return static_cast<uint64_t>(reinterpret_cast<uintptr_t>(pointer));
}

/// Equal numbers have equal ones: 0 and -0, too.
uint64_t Bits(double number) { return std::bit_cast<uint64_t>(number + 0.0); }

bool SameCell(const CostRow& a, const CostRow& b) {
  return a.subject == b.subject && a.device == b.device && a.bucket == b.bucket &&
         a.input_kind == b.input_kind && a.threads == b.threads && a.concurrency == b.concurrency &&
         a.isa == b.isa && a.provenance == b.provenance;
}

uint64_t CellHash(const CostRow& row) {
  uint64_t hash = Hashed(Bits(row.subject.get()), Bits(row.device.get()));
  hash = Hashed(hash, Bits(row.provenance.get()));
  hash = Hashed(hash, static_cast<uint64_t>(row.bucket.width) << 32U |
                          static_cast<uint64_t>(row.bucket.height));
  hash = Hashed(hash, Bits(row.bucket.duration_s));
  hash = Hashed(hash, Bits(row.bucket.fps));
  hash = Hashed(hash, std::hash<std::string>()(row.bucket.extra));
  hash = Hashed(hash, static_cast<uint64_t>(row.bucket.short_side) << 8U |
                          static_cast<uint64_t>(row.bucket.aspect));
  hash = Hashed(hash,
                static_cast<uint64_t>(row.threads) << 32U | static_cast<uint64_t>(row.concurrency));
  hash = Hashed(hash, static_cast<uint64_t>(row.input_kind));
  for (const char letter : row.isa) hash = Hashed(hash, static_cast<uint64_t>(letter));
  return hash;
}

bool SameFigures(const CostRow& a, const CostRow& b) {
  return a.latency_ms_per_unit == b.latency_ms_per_unit && a.cpu_rss_peak_mb == b.cpu_rss_peak_mb &&
         a.gpu_memory_per_task_mb == b.gpu_memory_per_task_mb &&
         a.latency_ms_fixed == b.latency_ms_fixed;
}

/// A row and the first one that is about the same.
struct Repeat {
  size_t row = 0;
  size_t first = 0;
};

/// In the order of the rows.
std::vector<Repeat> Repeats(const std::vector<CostRow>& rows) {
  std::vector<std::pair<uint64_t, size_t>> order;
  order.reserve(rows.size());
  for (size_t k = 0; k < rows.size(); ++k) order.emplace_back(CellHash(rows[k]), k);
  std::ranges::sort(order);
  std::vector<Repeat> repeats;
  for (size_t k = 1, first = 0; k < order.size(); ++k) {
    if (order[k].first != order[first].first ||
        !SameCell(rows[order[k].second], rows[order[first].second])) {
      first = k;
      continue;
    }
    repeats.push_back({.row = order[k].second, .first = order[first].second});
  }
  std::ranges::sort(repeats, {}, &Repeat::row);
  return repeats;
}

}  // namespace

void DropRepeats(std::vector<CostRow>& rows, std::string_view list, JsonLog& log) {
  constexpr size_t kMostNamed = 10;
  const std::vector<Repeat> repeats = Repeats(rows);
  if (repeats.empty()) return;
  for (const Repeat& repeat : repeats) {
    const CostRow& row = rows[repeat.row];
    if (SameFigures(rows[repeat.first], row)) continue;
    return log.Reject(
        {.list = list, .index = static_cast<int64_t>(repeat.row)}, "",
        fmt::format("contradicts {}[{}]: both have the cost of {} {}, {}; delete one of them", list,
                    repeat.first, PartText(*row.subject), row.subject->preset,
                    BucketText(row.bucket)));
  }
  for (size_t k = 0; k < std::min(repeats.size(), kMostNamed); ++k) {
    log.Warn({.list = list, .index = static_cast<int64_t>(repeats[k].row)},
             fmt::format("repeats {}[{}] and is ignored", list, repeats[k].first));
  }
  if (repeats.size() > kMostNamed)
    log.Warn({}, fmt::format("{} more rows repeat other rows and are ignored",
                             repeats.size() - kMostNamed));
  size_t next = 0;
  size_t kept = 0;
  for (size_t k = 0; k < rows.size(); ++k) {
    if (next < repeats.size() && repeats[next].row == k) {
      ++next;
    } else if (kept++ != k) {
      rows[kept - 1] = std::move(rows[k]);
    }
  }
  rows.erase(rows.begin() + static_cast<ptrdiff_t>(kept), rows.end());
}

}  // namespace reelbatch::costs
