#include "measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "costs/summary.h"

namespace reelbatch::measure {
namespace {

double MeanOf(std::span<const double> samples) {
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

double MedianDeviation(std::span<const double> sorted, double median) {
  std::vector<double> deviations;
  deviations.reserve(sorted.size());
  for (const double sample : sorted) deviations.push_back(std::abs(sample - median));
  std::ranges::sort(deviations);
  return costs::Quantile(deviations, 0.5);
}

/// The samples within the bound; never empty, because at least half lie within one MAD.
double StableMean(std::span<const double> samples, double median, double mad) {
  if (!(mad > 0)) return MeanOf(samples);
  std::vector<double> kept;
  for (const double sample : samples) {
    if (std::abs(sample - median) <= kSpikeMads * mad) kept.push_back(sample);
  }
  return MeanOf(kept);
}

}  // namespace

Statistics StatisticsOf(std::span<const double> samples) {
  Statistics of;
  if (samples.empty()) return of;
  std::vector<double> sorted(samples.begin(), samples.end());
  std::ranges::sort(sorted);
  of.n = static_cast<int>(sorted.size());
  of.mean = MeanOf(sorted);
  double squares = 0;
  for (const double sample : sorted) squares += (sample - of.mean) * (sample - of.mean);
  of.std = std::sqrt(squares / of.n);
  of.min = sorted.front();
  of.max = sorted.back();
  of.median = of.p50 = costs::Quantile(sorted, 0.5);
  of.p90 = costs::Quantile(sorted, 0.9);
  of.p95 = costs::Quantile(sorted, 0.95);
  of.p99 = costs::Quantile(sorted, 0.99);
  of.cv = of.mean > 0 ? of.std / of.mean : 0;
  of.mad = MedianDeviation(sorted, of.median);
  of.stable_mean = StableMean(sorted, of.median, of.mad);
  const double bound = of.median + kSpikeMads * of.mad;
  of.spikes = static_cast<int>(std::ranges::count_if(sorted, [&](double x) { return x > bound; }));
  of.spike_fraction = static_cast<double>(of.spikes) / of.n;
  return of;
}

}  // namespace reelbatch::measure
