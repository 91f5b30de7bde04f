#include "media/frame_clock.h"

#include <algorithm>

namespace reelbatch::media {

double NominalFrameSeconds(const contracts::VideoInfo& info) {
  // Where neither the container nor the codec knows a rate: the commonest one.
  constexpr double kFallbackFps = 25;
  if (info.avg_fps.value() > 0) return 1 / info.avg_fps.value();
  if (info.nominal_fps.value() > 0) return 1 / info.nominal_fps.value();
  return 1 / kFallbackFps;
}

double FrameClock::Next(std::optional<double> container_s) {
  double time_s = 0;
  bool sound = false;
  if (!container_s.has_value()) {
    ++missing_;
    time_s = previous_s_.has_value() ? *previous_s_ + nominal_s_ : first_s_;
  } else if (!previous_s_.has_value() || *container_s > *previous_s_) {
    time_s = *container_s;
    sound = true;
  } else {
    ++repaired_;
    const double lag_s = *previous_s_ - *container_s;
    // 0.999: a lag of one whole duration is not "less than one", whatever its rounding.
    time_s = *previous_s_ + (lag_s < 0.999 * nominal_s_ ? nominal_s_ / 2 : nominal_s_);
  }
  if (sound && previous_sound_ && previous_s_.has_value()) NoteGap(time_s - *previous_s_);
  previous_s_ = time_s;
  previous_sound_ = sound;
  return time_s;
}

void FrameClock::NoteGap(double gap_s) {
  shortest_gap_s_ = shortest_gap_s_.has_value() ? std::min(*shortest_gap_s_, gap_s) : gap_s;
  longest_gap_s_ = std::max(longest_gap_s_, gap_s);
}

bool FrameClock::vfr() const {
  if (!shortest_gap_s_.has_value()) return false;
  // Stamps rounded to milliseconds once keep that jitter in any later container. One tick is
  // rounding only where a frame lasts several: in a 1/25 s time base, 1 and 2 ticks are 1 frame and
  // a dropped one.
  constexpr double kMillisecondJitterS = 1.001e-3;
  constexpr double kTicksOfFineBase = 4;
  double tolerance_s = kMillisecondJitterS;
  if (*shortest_gap_s_ >= kTicksOfFineBase * tick_s_)
    tolerance_s = std::max(tolerance_s, 1.001 * tick_s_);
  return longest_gap_s_ - *shortest_gap_s_ > tolerance_s;
}

}  // namespace reelbatch::media
