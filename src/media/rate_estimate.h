#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "contracts/video.h"

namespace reelbatch::media {

/// Finds the constant rate on whose grid the times of frames stand.
///
/// Note [How the rate is found]: only observed times decide. The commonest gap between frames gives
/// a first period; all gaps that are whole multiples of it give a precise one, because rounding
/// errors of neighbours cancel in the sum. Standard rates near it are tried on the times
/// themselves: a rate fits where the times stay on its grid within a container's rounding. Each
/// time that leaves the grid breaks the grid, and a new grid is begun there, so one late frame or
/// one jump costs one or two breaks and a wrong rate costs many. Memory is bounded: at most
/// kMostGaps different gaps, and at most kMostTimes times, every second one of which is dropped
/// whenever there are more.
class RateEstimate {
 public:
  static constexpr size_t kMostTimes = 4096;
  static constexpr size_t kMostGaps = 1024;

  /// `tick_s`: the container's time base, seconds.
  explicit RateEstimate(double tick_s) : tick_s_(tick_s) {}

  /// The time of the next frame whose stamp is sound. `joined`: nothing was repaired between the
  /// one before and this one, so their gap is observed.
  void Add(double time_s, bool joined);

  /// `witnesses`: the container's rates, which decide only between rates that fit equally well, and
  /// where there are fewer than two times. 0/1: the times stand on no grid.
  contracts::Rational Estimate(const std::array<contracts::Rational, 2>& witnesses) const;

  /// The commonest gap; none before two joined times.
  std::optional<double> CommonGap() const;

 private:
  struct Gaps {
    int64_t count = 0;
    double sum_s = 0;
  };
  /// How often the times leave the grid of a rate.
  struct Fit {
    contracts::Rational rate;
    int64_t coarse_breaks = 0;  // with the rounding to milliseconds that many containers do
    int64_t fine_breaks = 0;    // with the rounding to the time base alone
  };

  /// The step that times are rounded to.
  double Step() const;
  /// What a container's rounding makes of a gap at most.
  double Rounding() const;
  /// The precise period of the grid that the commonest gap belongs to.
  std::optional<double> Period(double common_s) const;
  Fit FitOf(contracts::Rational rate) const;
  bool Believed(int64_t breaks) const;
  std::optional<Fit> BestOf(const std::vector<contracts::Rational>& rates, double period_s) const;
  contracts::Rational RateAt(double common_s,
                             const std::array<contracts::Rational, 2>& witnesses) const;

  double tick_s_;
  std::optional<double> last_s_;
  std::map<int64_t, Gaps> gaps_;  // by microseconds
  std::vector<double> times_;     // every stride_-th
  int64_t added_ = 0;
  int64_t stride_ = 1;
};

}  // namespace reelbatch::media
