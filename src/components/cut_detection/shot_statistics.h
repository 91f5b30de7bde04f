#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "contracts/events.h"

namespace reelbatch::components {

/// Derived features of a shot list. A value is missing where it has no meaning (no shot, no
/// interval); none is NaN.
///
/// An interval lies between two neighbouring cuts, so n cuts have n - 1. Percentiles are linear
/// between the two nearest ranks (NumPy's default). Source: docs/requirements.md, "Derived
/// statistics".
struct ShotStatistics {
  int64_t shots = 0;
  int64_t cuts = 0;  // boundaries between shots
  std::optional<double> shot_length_mean_s;
  std::optional<double> shot_length_median_s;
  std::optional<double> shot_length_p10_s;
  std::optional<double> shot_length_p25_s;
  std::optional<double> shot_length_p75_s;
  std::optional<double> shot_length_p90_s;
  double share_under_1s = 0;  // of the shots
  double share_over_4s = 0;
  double cuts_per_minute = 0;  // of the time that the shots cover; 0 where that is 0
  std::optional<double> interval_mean_s;
  std::optional<double> interval_median_s;
  std::optional<double> interval_min_s;
  std::optional<double> interval_max_s;
  std::optional<double> interval_std_s;  // population
  /// Shannon entropy in bits of the shots' shares of the time; 0 for one shot.
  std::optional<double> entropy_bits;
  /// entropy_bits / log2(shots): 1 where all shots are equally long; missing below two shots.
  std::optional<double> uniformity;
};

/// Shots whose length is not finite or is negative count as 0 s long.
ShotStatistics StatisticsOf(const std::vector<contracts::Shot>& shots);

}  // namespace reelbatch::components
