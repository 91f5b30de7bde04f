#include "contracts/run_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace reelbatch::contracts {
namespace {

using ::testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

BatchKey TestKey() {
  BatchKey key;
  key.component = "transnetv2";
  return key;
}

int64_t CountOf(const Histogram& histogram) {
  return std::accumulate(histogram.counts.begin(), histogram.counts.end(), int64_t{0});
}

TEST(Histogram, ABoundBelongsToItsBucket) {
  Histogram histogram(std::array<double, 2>{1, 2});
  for (const double value : {-1.0, 1.0, 1.5, 2.0, 2.5, kInfinity, kNan}) histogram.Observe(value);
  EXPECT_THAT(histogram.counts, ElementsAre(2, 2, 2));
  EXPECT_EQ(histogram.sum, kInfinity);
}

TEST(RunMetrics, CountsLaunchesByKeyAndReason) {
  const BatchKey key = TestKey();
  RunMetrics metrics;
  metrics.CountLaunch(key, "tail", 3, 0.05);
  metrics.CountLaunch(key, "tail", 4, 400);
  metrics.CountLaunch(key, "vram", 512, 0);
  EXPECT_EQ((metrics.batches.at({key, "tail"})), 2);
  EXPECT_EQ((metrics.batches.at({key, "vram"})), 1);
  EXPECT_EQ(metrics.batch_size.at("tail").counts[2], 2);  // 3 and 4, up to 4
  EXPECT_EQ(metrics.batch_size.at("tail").sum, 7);
  EXPECT_EQ(metrics.batch_size.at("vram").counts.back(), 1);
  EXPECT_EQ(metrics.queue_wait_s.counts.front(), 1);
  EXPECT_EQ(metrics.queue_wait_s.counts.back(), 1);
  EXPECT_EQ(CountOf(metrics.queue_wait_s), 3);
}

TEST(RunMetrics, WhatIsNotKnownHasNoRatio) {
  const BatchKey key = TestKey();
  RunMetrics metrics;
  metrics.CountActual(key, 0.97, std::nullopt);
  metrics.CountActual(key, 0, kNan);
  metrics.CountActual(key, kInfinity, 1.2);
  EXPECT_EQ(CountOf(metrics.ratios.at(key).time), 1);
  EXPECT_EQ(CountOf(metrics.ratios.at(key).memory), 1);
  EXPECT_EQ(metrics.ratios.at(key).memory.sum, 1.2);
}

}  // namespace
}  // namespace reelbatch::contracts
