#pragma once

#include <array>
#include <optional>
#include <span>

#include "eval/score.h"

namespace reelbatch::eval {

Score Pool(std::span<const ClipScore> clips);

/// Predictions of similar confidence: if it is calibrated, the share of correct ones equals it.
struct ReliabilityBin {
  double low = 0;  // confidences [low, low + .1)
  int64_t predictions = 0;
  int64_t right = 0;
  double confidence_sum = 0;
};
/// Ten bins; the last one includes 1.
std::array<ReliabilityBin, 10> ReliabilityOf(std::span<const ClipScore> clips);

/// None if the divisor is 0.
std::optional<double> Ratio(double a, double b);
std::optional<double> F1(const Counts& counts);
std::optional<double> HardF1(const Score& score);
std::optional<double> AllF1(const Score& score);

struct Interval {
  double low = 0;
  double high = 0;
};
/// 95 % of `figure` over 1000 draws of as many clips, with repeats, always the same draws (another
/// random generator gives other last digits). None without clips or figures.
std::optional<Interval> Bootstrap(std::span<const ClipScore> clips,
                                  std::optional<double> (*figure)(const Score&));

}  // namespace reelbatch::eval
