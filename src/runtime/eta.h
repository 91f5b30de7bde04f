#pragma once

#include <optional>

namespace reelbatch::runtime {

/// Seconds left, from the smoothed rate of media seconds per second. Threads: one caller at a time.
class EtaEstimator {
 public:
  /// `now_s` never goes backwards; `media_s_done` may (a video that starts over).
  void Update(double now_s, double media_s_done);
  /// Nothing until the rate means something: kMinSamples seconds or more of it, and not zero.
  std::optional<double> SecondsLeft(double media_s_left) const;

  static constexpr int kMinSamples = 3;
  static constexpr double kSampleS = 1;  // shorter steps mostly show which slice ended when
  static constexpr double kMemoryS =
      30;  // time constant: videos of other sizes show within half a minute

 private:
  double rate_ = 0;  // media seconds per second
  double last_now_s_ = 0;
  double last_done_s_ = 0;
  int samples_ = -1;  // -1: no origin yet
};

}  // namespace reelbatch::runtime
