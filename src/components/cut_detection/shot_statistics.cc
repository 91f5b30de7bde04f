#include "components/cut_detection/shot_statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reelbatch::components {
namespace {

/// Seconds between two stamps; 0 where they are equal, reversed or not finite.
double Span(double from, double to) {
  const double span = to - from;
  return std::isfinite(span) && span > 0 ? span : 0.0;
}

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::optional<double> Mean(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return Sum(values) / static_cast<double>(values.size());
}

/// `sorted` ascending; `share` 0..1.
std::optional<double> Percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::nullopt;
  const double rank = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(rank);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - static_cast<double>(below));
}

double ShareOf(const std::vector<double>& values, auto&& predicate) {
  if (values.empty()) return 0;
  const auto count = std::count_if(values.begin(), values.end(), predicate);
  return static_cast<double>(count) / static_cast<double>(values.size());
}

std::optional<double> PopulationStd(const std::vector<double>& values) {
  const auto mean = Mean(values);
  if (!mean) return std::nullopt;
  double squares = 0;
  for (const double value : values) squares += (value - *mean) * (value - *mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

std::optional<double> EntropyBits(const std::vector<double>& lengths) {
  const double total = Sum(lengths);
  if (!(total > 0)) return std::nullopt;
  double entropy = 0;
  for (const double length : lengths) {
    if (length > 0) entropy -= length / total * std::log2(length / total);
  }
  return std::max(0.0, entropy);  // not -0
}

void FillIntervals(std::vector<double> intervals, ShotStatistics& statistics) {
  std::sort(intervals.begin(), intervals.end());
  statistics.interval_mean_s = Mean(intervals);
  statistics.interval_median_s = Percentile(intervals, 0.5);
  statistics.interval_min_s = Percentile(intervals, 0);
  statistics.interval_max_s = Percentile(intervals, 1);
  statistics.interval_std_s = PopulationStd(intervals);
}

}  // namespace

ShotStatistics StatisticsOf(const std::vector<contracts::Shot>& shots) {
  ShotStatistics statistics;
  statistics.shots = static_cast<int64_t>(shots.size());
  statistics.cuts = std::max<int64_t>(0, statistics.shots - 1);
  std::vector<double> lengths;
  for (const contracts::Shot& shot : shots) lengths.push_back(Span(shot.start_s, shot.end_s));
  const double covered = Sum(lengths);
  if (covered > 0) statistics.cuts_per_minute = static_cast<double>(statistics.cuts) * 60 / covered;
  statistics.entropy_bits = EntropyBits(lengths);
  if (statistics.entropy_bits && shots.size() > 1) {
    statistics.uniformity = *statistics.entropy_bits / std::log2(static_cast<double>(shots.size()));
  }
  if (lengths.size() > 2) {
    // Every shot but the first and the last lies between two cuts.
    FillIntervals({lengths.begin() + 1, lengths.end() - 1}, statistics);
  }
  std::sort(lengths.begin(), lengths.end());
  statistics.shot_length_mean_s = Mean(lengths);
  statistics.shot_length_median_s = Percentile(lengths, 0.5);
  statistics.shot_length_p10_s = Percentile(lengths, 0.1);
  statistics.shot_length_p25_s = Percentile(lengths, 0.25);
  statistics.shot_length_p75_s = Percentile(lengths, 0.75);
  statistics.shot_length_p90_s = Percentile(lengths, 0.9);
  statistics.share_under_1s = ShareOf(lengths, [](double length) { return length < 1; });
  statistics.share_over_4s = ShareOf(lengths, [](double length) { return length > 4; });
  return statistics;
}

}  // namespace reelbatch::components
