#include "measure/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace reelbatch::measure {
namespace {

Statistics Of(std::vector<double> samples) { return StatisticsOf(samples); }

TEST(Statistics, OfNothingIsNothing) {
  const Statistics none = Of({});
  EXPECT_EQ(none.n, 0);
  EXPECT_EQ(none.stable_mean, 0);
  EXPECT_EQ(none.spikes, 0);
}

TEST(Statistics, OfOneSample) {
  const Statistics one = Of({7});
  EXPECT_EQ(one.n, 1);
  EXPECT_EQ(one.mean, 7);
  EXPECT_EQ(one.std, 0);
  EXPECT_EQ(one.p99, 7);
  EXPECT_EQ(one.stable_mean, 7);
  EXPECT_EQ(one.spikes, 0);
}

TEST(Statistics, AnOutlierIsDroppedAndCounted) {
  const Statistics of = Of({100, 1, 3, 2, 4});  // median 3, MAD 1
  EXPECT_EQ(of.median, 3);
  EXPECT_EQ(of.mad, 1);
  EXPECT_DOUBLE_EQ(of.mean, 22);
  EXPECT_DOUBLE_EQ(of.stable_mean, 2.5);
  EXPECT_EQ(of.spikes, 1);
  EXPECT_DOUBLE_EQ(of.spike_fraction, 0.2);
}

TEST(Statistics, TheBoundItselfIsKept) {
  // Of each: median 10, MAD 1.
  EXPECT_DOUBLE_EQ(Of({9, 9, 10, 11, 14}).stable_mean, 53.0 / 5);  // 14 = 10 + 4 * 1
  EXPECT_EQ(Of({9, 9, 10, 11, 14}).spikes, 0);
  EXPECT_DOUBLE_EQ(Of({9, 9, 10, 11, 14.001}).stable_mean, 39.0 / 4);
  EXPECT_EQ(Of({9, 9, 10, 11, 14.001}).spikes, 1);
  EXPECT_DOUBLE_EQ(Of({5.999, 9, 10, 11, 11}).stable_mean, 41.0 / 4);  // dropped below, too ...
  EXPECT_EQ(Of({5.999, 9, 10, 11, 11}).spikes, 0);                     // ... but that is no spike
}

TEST(Statistics, WithoutADeviationAllCountForTheMean) {
  const Statistics of = Of({5, 5, 5, 5, 9});  // MAD 0
  EXPECT_EQ(of.mad, 0);
  EXPECT_DOUBLE_EQ(of.stable_mean, 29.0 / 5);
  EXPECT_EQ(of.spikes, 1);
}

TEST(Statistics, SpreadIsOfThePopulation) {
  const Statistics of = Of({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_DOUBLE_EQ(of.mean, 5);
  EXPECT_DOUBLE_EQ(of.std, 2);
  EXPECT_DOUBLE_EQ(of.cv, 0.4);
  EXPECT_EQ(of.min, 2);
  EXPECT_EQ(of.max, 9);
  EXPECT_DOUBLE_EQ(of.p50, 4.5);
}

TEST(Statistics, PercentilesLieBetweenSamples) {
  std::vector<double> samples;
  for (int i = 0; i <= 10; ++i) samples.push_back(i);
  const Statistics of = StatisticsOf(samples);
  EXPECT_DOUBLE_EQ(of.p90, 9);
  EXPECT_DOUBLE_EQ(of.p95, 9.5);
  EXPECT_DOUBLE_EQ(of.p99, 9.9);
}

TEST(Statistics, OfZerosHasNoSpread) { EXPECT_EQ(Of({0, 0, 0}).cv, 0); }

}  // namespace
}  // namespace reelbatch::measure
