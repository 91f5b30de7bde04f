#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "contracts/batch.h"
#include "contracts/batch_failure.h"

namespace reelbatch::contracts {

/// A histogram: the number of values up to each bound, and of those above all bounds.
struct Histogram {
  /// `upper_bounds` ascend; each belongs to its bucket.
  explicit Histogram(std::span<const double> upper_bounds)
      : bounds(upper_bounds.begin(), upper_bounds.end()), counts(bounds.size() + 1) {}
  void Observe(double value);

  std::vector<double> bounds;
  std::vector<int64_t> counts;  // of each bucket alone; one more than bounds
  double sum = 0;
};

/// Powers of two, as batches are halved when memory runs out.
inline constexpr std::array<double, 9> kBatchSizeBounds{1, 2, 4, 8, 16, 32, 64, 128, 256};
/// Seconds, around the 10 s after which a unit is overdue (planning::Policy::max_queue_delay).
inline constexpr std::array<double, 10> kQueueWaitBounds{0.01, 0.1, 0.5, 1, 2, 5, 10, 20, 60, 300};
/// Predicted / actual, close to 1 in steps of 5 and 10 %.
inline constexpr std::array<double, 12> kRatioBounds{0.25, 0.5, 0.75, 0.9, 0.95, 1,
                                                     1.05, 1.1, 1.25, 1.5, 2,    4};

/// Predicted / actual of the batches of one key.
struct RatioMetrics {
  Histogram time{kRatioBounds};
  Histogram memory{kRatioBounds};
};

/// The counters of a run for Prometheus. Not synchronised: the collector must lock.
/// Source: docs/requirements.md, "Metrics".
struct RunMetrics {
  using Reason = std::string;  // planning::BindingName()

  int64_t units = 0;  // units that have a result
  std::map<std::pair<BatchKey, Reason>, int64_t>
      batches;                               // started batches, including those that failed
  std::map<Reason, Histogram> batch_size;    // of the same batches
  Histogram queue_wait_s{kQueueWaitBounds};  // waiting time of each batch's oldest unit
  std::map<BatchKey, RatioMetrics> ratios;
  std::map<FailureClass, int64_t> oom;  // batches that ran out of memory, by class
  int64_t splits = 0;                   // batches that were retried in smaller batches
  int64_t bytes_in_flight = 0;          // of units that wait or run, now
  int64_t decode_stalls = 0;            // times that decoding waited for memory

  /// Counts one started batch in `batches`, `batch_size` and `queue_wait_s`.
  void CountLaunch(const BatchKey& key, const Reason& reason, int64_t size, double waited_s);
  /// Counts a finished batch in `ratios`. None, or a value that is not positive: it is not counted.
  void CountActual(const BatchKey& key, std::optional<double> time_ratio,
                   std::optional<double> memory_ratio);
};

}  // namespace reelbatch::contracts
