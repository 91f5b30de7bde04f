#pragma once

#include <cstdint>
#include <optional>

#include "contracts/video.h"

namespace reelbatch::media {

/// Gives every decoded frame a time that is later than the one before, and says what it had to
/// mend.
///
/// Note [Mending times]: a frame without a time stands one nominal duration after the frame before.
/// So does one whose time runs backwards. A time that lags by less than one duration (a repeated
/// stamp) gets half a duration instead, so that the next sound frame keeps its own time: 0 1 1 2 at
/// duration 1 becomes 0 1 1.5 2.
class FrameClock {
 public:
  /// `nominal_s`: duration of a frame, above 0. `tick_s`: the container's time base. `first_s`:
  /// time of a first frame that has none.
  FrameClock(double nominal_s, double tick_s, double first_s)
      : nominal_s_(nominal_s), tick_s_(tick_s), first_s_(first_s) {}

  /// Seconds of the next frame in presentation order.
  double Next(std::optional<double> container_s);

  int64_t missing() const { return missing_; }
  int64_t repaired() const { return repaired_; }
  /// Gaps between sound times differ by more than a container's rounding does.
  bool vfr() const;

 private:
  void NoteGap(double gap_s);

  double nominal_s_;
  double tick_s_;
  double first_s_;
  std::optional<double> previous_s_;
  bool previous_sound_ = false;
  int64_t missing_ = 0;
  int64_t repaired_ = 0;
  std::optional<double> shortest_gap_s_;
  double longest_gap_s_ = 0;
};

/// How long a frame lasts by the container's word, above 0.
double NominalFrameSeconds(const contracts::VideoInfo& info);

}  // namespace reelbatch::media
