#pragma once

#include <span>

namespace reelbatch::measure {

/// What a set of samples says, in the unit of the samples. Source: docs/requirements.md, "Stable
/// mean".
struct Statistics {
  int n = 0;
  double mean = 0;
  double std = 0;  // of the population: over n, not n - 1
  double min = 0;
  double max = 0;
  double median = 0;
  double mad = 0;  // median of |x - median|
  double p50 = 0;  // percentiles: linear between order statistics, as NumPy's default
  double p90 = 0;
  double p95 = 0;
  double p99 = 0;
  double cv = 0;           // std / mean; 0 where the mean is 0
  double stable_mean = 0;  // of the samples within median +- 4 MAD; of all where MAD is 0
  int spikes = 0;          // samples above median + 4 MAD
  double spike_fraction = 0;
};

/// Deviations from the median, in MADs, above which a sample is an outlier.
inline constexpr double kSpikeMads = 4;

/// All 0 for no samples. With MAD 0 nothing is removed from the stable mean, but samples above
/// the median are spikes.   Threads: pure.   Example: {1, 2, 3, 4, 100} -> median 3, MAD 1, stable
/// mean 2.5, 1 spike.
Statistics StatisticsOf(std::span<const double> samples);

}  // namespace reelbatch::measure
