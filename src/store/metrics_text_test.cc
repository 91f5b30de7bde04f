#include "store/metrics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <locale>

#include "contracts/batch.h"

namespace reelbatch::store {
namespace {

using contracts::BatchKey;
using contracts::FailureClass;
using contracts::RunMetrics;
using ::testing::HasSubstr;
using ::testing::Not;

BatchKey KeyOf(const std::string& component, const std::string& knobs = {}) {
  BatchKey key;
  key.component = component;
  key.knobs = knobs;
  return key;
}

TEST(MetricsText, ARunWithoutBatchesHasEveryFamily) {
  EXPECT_EQ(MetricsText({}), R"(# HELP reelbatch_units_total Units that have a result.
# TYPE reelbatch_units_total counter
reelbatch_units_total 0
# HELP reelbatch_batches_total Batches started, by batch key and limiting factor.
# TYPE reelbatch_batches_total counter
# HELP reelbatch_batch_size Units per batch, by limiting factor.
# TYPE reelbatch_batch_size histogram
# HELP reelbatch_queue_wait_seconds Time that the oldest unit of a batch waited before the batch started.
# TYPE reelbatch_queue_wait_seconds histogram
reelbatch_queue_wait_seconds_count 0
reelbatch_queue_wait_seconds_sum 0
reelbatch_queue_wait_seconds_bucket{le="0.01"} 0
reelbatch_queue_wait_seconds_bucket{le="0.1"} 0
reelbatch_queue_wait_seconds_bucket{le="0.5"} 0
reelbatch_queue_wait_seconds_bucket{le="1"} 0
reelbatch_queue_wait_seconds_bucket{le="2"} 0
reelbatch_queue_wait_seconds_bucket{le="5"} 0
reelbatch_queue_wait_seconds_bucket{le="10"} 0
reelbatch_queue_wait_seconds_bucket{le="20"} 0
reelbatch_queue_wait_seconds_bucket{le="60"} 0
reelbatch_queue_wait_seconds_bucket{le="300"} 0
reelbatch_queue_wait_seconds_bucket{le="+Inf"} 0
# HELP reelbatch_oom_total Batches that ran out of memory, by class.
# TYPE reelbatch_oom_total counter
reelbatch_oom_total{class="capacity"} 0
reelbatch_oom_total{class="host_memory"} 0
reelbatch_oom_total{class="absurd_size"} 0
reelbatch_oom_total{class="poisoned"} 0
# HELP reelbatch_splits_total Batches retried in smaller batches.
# TYPE reelbatch_splits_total counter
reelbatch_splits_total 0
# HELP reelbatch_predicted_actual_ratio Predicted divided by actual value of a batch, by batch key and quantity.
# TYPE reelbatch_predicted_actual_ratio histogram
# HELP reelbatch_bytes_in_flight Bytes of units that wait or run.
# TYPE reelbatch_bytes_in_flight gauge
reelbatch_bytes_in_flight 0
# HELP reelbatch_decode_stalls_total Number of times that decoding waited for memory.
# TYPE reelbatch_decode_stalls_total counter
reelbatch_decode_stalls_total 0
)");
}

TEST(MetricsText, BucketsAddUp) {
  RunMetrics metrics;
  const BatchKey key = KeyOf("a");
  for (const int size : {1, 2, 2, 3, 300}) metrics.CountLaunch(key, "tail", size, 0.05);
  const std::string text = MetricsText(metrics);
  EXPECT_THAT(text, HasSubstr(R"(
reelbatch_batch_size_count{reason="tail"} 5
reelbatch_batch_size_sum{reason="tail"} 308
reelbatch_batch_size_bucket{reason="tail",le="1"} 1
reelbatch_batch_size_bucket{reason="tail",le="2"} 3
reelbatch_batch_size_bucket{reason="tail",le="4"} 4
)"));
  EXPECT_THAT(text, HasSubstr(R"(
reelbatch_batch_size_bucket{reason="tail",le="256"} 4
reelbatch_batch_size_bucket{reason="tail",le="+Inf"} 5
)"));
  EXPECT_THAT(text, HasSubstr("\nreelbatch_queue_wait_seconds_bucket{le=\"0.1\"} 5\n"));
}

TEST(MetricsText, KeysWithOneNameAreTwoSeries) {
  RunMetrics metrics;
  const BatchKey first = KeyOf("a", "{\"k\":1}");
  const BatchKey second = KeyOf("a", "{\"k\":2}");
  metrics.CountLaunch(second, "tail", 1, 0);
  metrics.CountLaunch(first, "vram", 1, 0);
  metrics.CountLaunch(first, "tail", 1, 0);
  const std::string text = MetricsText(metrics);
  const auto line = [](const BatchKey& key, const std::string& reason) {
    return "reelbatch_batches_total{key=\"a on cpu\",key_id=\"" + contracts::BatchKeyId(key) +
           "\",reason=\"" + reason + "\"} 1\n";
  };
  EXPECT_THAT(text, HasSubstr(line(first, "tail") + line(first, "vram") + line(second, "tail")));
}

TEST(MetricsText, RatiosByQuantity) {
  RunMetrics metrics;
  const BatchKey key = KeyOf("a");
  metrics.CountActual(key, 0.97, 1.2);
  metrics.CountActual(key, 0.5, std::nullopt);
  const std::string labels =
      "{key=\"a on cpu\",key_id=\"" + contracts::BatchKeyId(key) + "\",quantity=\"";
  const std::string text = MetricsText(metrics);
  EXPECT_THAT(text, HasSubstr("ratio_count" + labels + "time\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("ratio_sum" + labels + "time\"} 1.47\n"));
  EXPECT_THAT(text, HasSubstr("ratio_bucket" + labels + "time\",le=\"0.95\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("ratio_bucket" + labels + "memory\",le=\"1.1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("ratio_bucket" + labels + "memory\",le=\"1.25\"} 1\n"));
}

TEST(MetricsText, CountsAreExact) {
  RunMetrics metrics;
  metrics.units = 1'234'567'890'123;
  metrics.bytes_in_flight = (int64_t{1} << 53) - 1;
  metrics.splits = 2;
  metrics.decode_stalls = 3;
  metrics.oom[FailureClass::kHostMemory] = 4;
  metrics.oom[FailureClass::kOther] = 5;
  const std::string text = MetricsText(metrics);
  EXPECT_THAT(text, HasSubstr("\nreelbatch_units_total 1234567890123\n"));
  EXPECT_THAT(text, HasSubstr("\nreelbatch_bytes_in_flight 9007199254740991\n"));
  EXPECT_THAT(text, HasSubstr("\nreelbatch_splits_total 2\n"));
  EXPECT_THAT(text, HasSubstr("\nreelbatch_decode_stalls_total 3\n"));
  EXPECT_THAT(text, HasSubstr("\nreelbatch_oom_total{class=\"host_memory\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("\nreelbatch_oom_total{class=\"other\"} 5\n"));
}

TEST(MetricsText, LabelsAreEscapedAndValidUtf8) {
  RunMetrics metrics;
  metrics.CountLaunch(KeyOf("a\"b\\c\nd\xFF"), "tail", 1, 0);
  const std::string text = MetricsText(metrics);
  EXPECT_THAT(text, HasSubstr("key=\"a\\\"b\\\\c\\nd\xEF\xBF\xBD on cpu\""));
  EXPECT_THAT(text, Not(HasSubstr("\xFF")));
}

/// A German's numbers.
class Comma final : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(MetricsText, NumbersDoNotDependOnTheLocale) {
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  RunMetrics metrics;
  metrics.units = 1'000'000;
  const std::string text = MetricsText(metrics);
  std::locale::global(before);
  EXPECT_THAT(text, HasSubstr("\nreelbatch_units_total 1000000\n"));
  EXPECT_THAT(text, HasSubstr("le=\"0.01\""));
}

}  // namespace
}  // namespace reelbatch::store
