#include "contracts/run_metrics.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::contracts {

void Histogram::Observe(double value) {
  if (std::isnan(value)) return;  // belongs to no bucket, and would spoil the sum
  const auto bucket = std::ranges::lower_bound(bounds, value) - bounds.begin();
  ++counts[static_cast<size_t>(bucket)];
  sum += value;
}

void RunMetrics::CountLaunch(const BatchKey& key, const Reason& reason, int64_t size,
                             double waited_s) {
  ++batches[{key, reason}];
  batch_size.try_emplace(reason, kBatchSizeBounds).first->second.Observe(static_cast<double>(size));
  queue_wait_s.Observe(waited_s);
}

void RunMetrics::CountActual(const BatchKey& key, std::optional<double> time_ratio,
                             std::optional<double> memory_ratio) {
  const auto count = [](Histogram& ratios_of, std::optional<double> ratio) {
    if (ratio && std::isfinite(*ratio) && *ratio > 0) ratios_of.Observe(*ratio);
  };
  RatioMetrics& of_key = ratios[key];
  count(of_key.time, time_ratio);
  count(of_key.memory, memory_ratio);
}

}  // namespace reelbatch::contracts
