#include "store/metrics_text.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "base/text.h"

namespace reelbatch::store {
namespace {

using contracts::BatchKey;
using contracts::FailureClass;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using Labels = std::vector<std::pair<std::string, std::string>>;

Labels LabelsOf(const BatchKey& key) {
  return {{"key", contracts::BatchKeyText(key)}, {"key_id", contracts::BatchKeyId(key)}};
}

Labels With(Labels labels, std::string name, std::string value) {
  labels.emplace_back(std::move(name), std::move(value));
  return labels;
}

ClientMetric Labelled(const Labels& labels) {
  ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, base::ValidUtf8(value)});
  return metric;
}

ClientMetric Count(int64_t count, const Labels& labels = {}) {
  ClientMetric metric = Labelled(labels);
  metric.counter.value = static_cast<double>(count);
  return metric;
}

ClientMetric Gauge(double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return metric;
}

/// The serializer adds the bucket without a bound.
ClientMetric Distribution(const contracts::Histogram& histogram, const Labels& labels = {}) {
  ClientMetric metric = Labelled(labels);
  uint64_t so_far = 0;
  for (size_t i = 0; i < histogram.bounds.size(); ++i) {
    so_far += static_cast<uint64_t>(histogram.counts[i]);
    metric.histogram.bucket.push_back(
        {.cumulative_count = so_far, .upper_bound = histogram.bounds[i]});
  }
  metric.histogram.sample_count = so_far + static_cast<uint64_t>(histogram.counts.back());
  metric.histogram.sample_sum = histogram.sum;
  return metric;
}

MetricFamily Batches(const contracts::RunMetrics& metrics) {
  MetricFamily family{"reelbatch_batches_total",
                      "Batches started, by batch key and limiting factor.",
                      MetricType::Counter,
                      {}};
  for (const auto& [which, count] : metrics.batches) {
    family.metric.push_back(Count(count, With(LabelsOf(which.first), "reason", which.second)));
  }
  return family;
}

MetricFamily BatchSizes(const contracts::RunMetrics& metrics) {
  MetricFamily family{
      "reelbatch_batch_size", "Units per batch, by limiting factor.", MetricType::Histogram, {}};
  for (const auto& [reason, sizes] : metrics.batch_size) {
    family.metric.push_back(Distribution(sizes, {{"reason", reason}}));
  }
  return family;
}

MetricFamily OutOfMemory(const contracts::RunMetrics& metrics) {
  MetricFamily family{
      "reelbatch_oom_total", "Batches that ran out of memory, by class.", MetricType::Counter, {}};
  std::map<FailureClass, int64_t> counts = {{FailureClass::kCapacity, 0},
                                            {FailureClass::kHostMemory, 0},
                                            {FailureClass::kAbsurdSize, 0},
                                            {FailureClass::kPoisoned, 0}};
  for (const auto& [failure, count] : metrics.oom) counts[failure] = count;
  for (const auto& [failure, count] : counts) {
    family.metric.push_back(
        Count(count, {{"class", std::string(contracts::FailureClassName(failure))}}));
  }
  return family;
}

MetricFamily Ratios(const contracts::RunMetrics& metrics) {
  MetricFamily family{"reelbatch_predicted_actual_ratio",
                      "Predicted divided by actual value of a batch, by batch key and quantity.",
                      MetricType::Histogram,
                      {}};
  for (const auto& [key, ratios] : metrics.ratios) {
    family.metric.push_back(Distribution(ratios.time, With(LabelsOf(key), "quantity", "time")));
    family.metric.push_back(Distribution(ratios.memory, With(LabelsOf(key), "quantity", "memory")));
  }
  return family;
}

}  // namespace

std::string MetricsText(const contracts::RunMetrics& metrics) {
  const std::vector<MetricFamily> families = {
      {"reelbatch_units_total",
       "Units that have a result.",
       MetricType::Counter,
       {Count(metrics.units)}},
      Batches(metrics),
      BatchSizes(metrics),
      {"reelbatch_queue_wait_seconds",
       "Time that the oldest unit of a batch waited before the batch started.",
       MetricType::Histogram,
       {Distribution(metrics.queue_wait_s)}},
      OutOfMemory(metrics),
      {"reelbatch_splits_total",
       "Batches retried in smaller batches.",
       MetricType::Counter,
       {Count(metrics.splits)}},
      Ratios(metrics),
      {"reelbatch_bytes_in_flight",
       "Bytes of units that wait or run.",
       MetricType::Gauge,
       {Gauge(static_cast<double>(metrics.bytes_in_flight))}},
      {"reelbatch_decode_stalls_total",
       "Number of times that decoding waited for memory.",
       MetricType::Counter,
       {Count(metrics.decode_stalls)}},
  };
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace reelbatch::store
