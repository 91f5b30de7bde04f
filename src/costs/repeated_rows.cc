#include "costs/repeated_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

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

bool SameCell(const CostRow& a, const CostRow& b) {
  return a.subject == b.subject && a.device == b.device && a.bucket == b.bucket && a.input_kind == b.input_kind &&
         a.threads == b.threads && a.concurrency == b.concurrency && a.isa == b.isa && a.provenance == b.provenance;
}

uint64_t CellHash(const CostRow& row) {
  uint64_t hash = Hashed(Bits(row.subject.get()), Bits(row.device.get()));
  hash = Hashed(hash, Bits(row.provenance.get()));
  hash = Hashed(hash, static_cast<uint64_t>(row.bucket.width) << 32U | static_cast<uint64_t>(row.bucket.height));
  hash = Hashed(hash, static_cast<uint64_t>(row.bucket.duration_s * 1000 + row.bucket.fps * 1000));
  hash = Hashed(hash, static_cast<uint64_t>(row.bucket.short_side) << 8U | static_cast<uint64_t>(row.bucket.aspect));
  hash = Hashed(hash, static_cast<uint64_t>(row.threads) << 32U | static_cast<uint64_t>(row.concurrency));
  hash = Hashed(hash, static_cast<uint64_t>(row.input_kind));
  for (const char letter : row.isa) hash = Hashed(hash, static_cast<uint64_t>(letter));
  return hash;
}

bool SameFigures(const CostRow& a, const CostRow& b) {
  return a.latency_ms_per_unit == b.latency_ms_per_unit && a.cpu_rss_peak_mb == b.cpu_rss_peak_mb &&
         a.gpu_memory_per_task_mb == b.gpu_memory_per_task_mb && a.latency_ms_fixed == b.latency_ms_fixed;
}

}  // namespace

void DropRepeats(contracts::CostTable& table, JsonLog& log) {
  std::vector<std::pair<uint64_t, size_t>> order;
  order.reserve(table.rows.size());
  for (size_t k = 0; k < table.rows.size(); ++k) order.emplace_back(CellHash(table.rows[k]), k);
  std::ranges::sort(order);
  std::vector<size_t> repeats;
  for (size_t k = 1; k < order.size(); ++k) {
    if (order[k].first != order[k - 1].first) continue;
    const size_t first = order[k - 1].second;
    const size_t second = order[k].second;
    if (!SameCell(table.rows[first], table.rows[second])) continue;
    const JsonPlace where{.list = "rows", .index = static_cast<int64_t>(second)};
    if (!SameFigures(table.rows[first], table.rows[second])) {
      return log.Reject(where, "", fmt::format("says something else of what rows[{}] is about; delete one", first));
    }
    log.Warn(where, fmt::format("says again what rows[{}] says; it is left out", first));
    repeats.push_back(second);
  }
  std::ranges::sort(repeats, std::greater());
  for (const size_t repeat : repeats) table.rows.erase(table.rows.begin() + static_cast<ptrdiff_t>(repeat));
}

}  // namespace reelbatch::costs
