#include "media/frame_clock.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::media {
namespace {

// Stamps rounded to milliseconds once keep that jitter in any later container.
constexpr double kMillisecondJitterS = 1.001e-3;
// One tick is rounding only where a frame lasts several: in a 1/25 s time base, 1 and 2 ticks are
// one frame and a dropped one.
constexpr double kTicksOfFineBase = 4;

double Tolerance(double gap_s, double tick_s) {
  return gap_s >= kTicksOfFineBase * tick_s ? std::max(kMillisecondJitterS, 1.001 * tick_s)
                                            : kMillisecondJitterS;
}

}  // namespace

double NominalFrameSeconds(const contracts::VideoInfo& info) {
  // Where neither the container nor the codec knows a rate: the commonest one.
  constexpr double kFallbackFps = 25;
  if (info.avg_fps.value() > 0) return 1 / info.avg_fps.value();
  if (info.nominal_fps.value() > 0) return 1 / info.nominal_fps.value();
  return 1 / kFallbackFps;
}

double FarSeconds(double nominal_s) {
  constexpr double kFrames = 8;
  return 1 + kFrames * nominal_s;
}

FrameClock::FrameClock(const contracts::VideoInfo& info, double tick_s)
    : FrameClock(NominalFrameSeconds(info), tick_s, info.start_time_s,
                 {info.avg_fps, info.nominal_fps}) {}

double FrameClock::UsualGap() const {
  if (gaps_ == 0) return nominal_s_;
  std::array<double, kRecent> sorted = recent_gaps_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(gaps_, kRecent));
  const auto middle = sorted.begin() + (end - sorted.begin()) / 2;
  std::nth_element(sorted.begin(), middle, end);
  return *middle;
}

bool FrameClock::Doubts(std::optional<double> container_s) const {
  constexpr double kUnusual = 1.5;
  if (!container_s) return false;
  if (!previous_s_) return true;
  const double gap_s = *container_s + shift_s_ - *previous_s_;
  return gap_s <= 0 || gap_s > kUnusual * UsualGap();
}

FrameClock::Verdict FrameClock::JudgeFirst(double time_s, const StampWitness& witness) const {
  if (witness.later_s.empty()) return Verdict::kSound;
  const double next_s = std::ranges::min(witness.later_s);
  const bool far = std::fabs(time_s - next_s) > FarSeconds(nominal_s_);
  if (far && witness.against_decode_time) return Verdict::kWrong;
  const auto before = std::ranges::count_if(witness.later_s, [=](double s) { return s < time_s; });
  const auto after = std::ranges::count_if(witness.later_s, [=](double s) { return s > time_s; });
  return before > after ? Verdict::kWrong : Verdict::kSound;
}

FrameClock::Verdict FrameClock::JudgeAhead(double time_s, const StampWitness& witness) const {
  const bool far = time_s - *previous_s_ > FarSeconds(nominal_s_);
  if (far && witness.against_decode_time) return Verdict::kWrong;
  const auto between = [&](double s) { return s > *previous_s_ && s <= time_s; };
  const auto& later = witness.later_s;
  const auto low = std::ranges::count_if(later, between);
  if (far && later.empty() && RunsEvenly()) return Verdict::kWrong;
  if (low == 0) return Verdict::kSound;
  // As many frames as would be wrong if the later ones were right.
  const auto first_low = std::ranges::find_if(later, between);
  const auto run =
      1 + std::count_if(later.begin(), first_low, [=](double s) { return s > time_s; });
  const auto high = std::ranges::count_if(later, [=](double s) { return s > time_s; });
  if (low == run && far) return high > low ? Verdict::kSound : Verdict::kWrong;
  return low >= run ? Verdict::kWrong : Verdict::kSound;
}

bool FrameClock::RunsEvenly() const {
  constexpr size_t kEnough = 50;
  return gaps_ >= kEnough && !vfr();
}

FrameClock::Verdict FrameClock::JudgeBehind(const StampWitness& witness) const {
  if (witness.against_decode_time) return Verdict::kWrong;
  const auto ahead =
      std::ranges::count_if(witness.later_s, [&](double s) { return s > *previous_s_; });
  const auto behind = std::ssize(witness.later_s) - ahead;
  return behind > ahead ? Verdict::kSetAnew : Verdict::kWrong;
}

FrameClock::Verdict FrameClock::Judge(double time_s, const StampWitness& witness) const {
  if (!previous_s_) return JudgeFirst(time_s, witness);
  return time_s > *previous_s_ ? JudgeAhead(time_s, witness) : JudgeBehind(witness);
}

double FrameClock::Repaired(double time_s, const StampWitness& witness) const {
  if (!previous_s_) return RepairedFirst(time_s, witness);
  const double usual_s = UsualGap();
  // A later frame that stands nearer than this is wrong itself: to make room for it would let the
  // times of many wrong frames stand still.
  constexpr double kLeastRoom = 0.25;
  std::optional<double> next_s;
  for (const double later_s : witness.later_s) {
    if (later_s <= *previous_s_ + kLeastRoom * usual_s) continue;
    if (!next_s || later_s < *next_s) next_s = later_s;
  }
  if (next_s) return *previous_s_ + std::min(usual_s, (*next_s - *previous_s_) / 2);
  const double lag_s = *previous_s_ - time_s;
  // 0.999: a lag of one whole duration is not "less than one", whatever its rounding.
  const bool repeats = lag_s >= 0 && lag_s < 0.999 * usual_s;
  return *previous_s_ + (repeats ? usual_s / 2 : usual_s);
}

double FrameClock::RepairedFirst(double time_s, const StampWitness& witness) const {
  const auto& later = witness.later_s;
  const auto earlier = [=](double s) { return s < time_s; };
  const auto wrong = std::ranges::any_of(later, earlier)
                         ? 1 + (std::ranges::find_if(later, earlier) - later.begin())
                         : 1;
  return std::ranges::min(later) - static_cast<double>(wrong) * nominal_s_;
}

double FrameClock::Next(std::optional<double> container_s, const StampWitness& witness) {
  if (!container_s) {
    ++missing_;
    previous_s_ = previous_s_ ? *previous_s_ + UsualGap() : first_s_;
    previous_sound_ = false;
    return *previous_s_;
  }
  const double time_s = *container_s + shift_s_;
  StampWitness shifted = witness;
  for (double& later_s : shifted.later_s) later_s += shift_s_;
  const Verdict verdict = Doubts(container_s) ? Judge(time_s, shifted) : Verdict::kSound;
  repaired_ += verdict != Verdict::kSound || shift_s_ != 0 ? 1 : 0;
  if (verdict == Verdict::kWrong) {
    previous_s_ = Repaired(time_s, shifted);
    previous_sound_ = false;
  } else if (verdict == Verdict::kSetAnew) {
    const double next_s = *previous_s_ + UsualGap();
    shift_s_ = next_s - *container_s;
    NoteSound(next_s, false);
  } else {
    NoteSound(time_s, previous_sound_);
  }
  return *previous_s_;
}

void FrameClock::NoteSound(double time_s, bool joined) {
  rate_.Add(time_s, joined);
  if (joined) NoteGap(time_s - *previous_s_);
  previous_s_ = time_s;
  previous_sound_ = true;
}

void FrameClock::NoteGap(double gap_s) {
  constexpr size_t kEnough = 3;
  const double usual_s = UsualGap();
  const double tolerance_s = Tolerance(usual_s, tick_s_);
  recent_gaps_[gaps_++ % kRecent] = gap_s;
  if (open_gap_) {
    const double before_s = *open_gap_;
    open_gap_.reset();
    if (std::fabs(before_s + gap_s - 2 * usual_s) <= 2 * tolerance_s) {
      ++jitters_;
      return;
    }
    NoteDuration(before_s);
  }
  const double off_s = std::fabs(gap_s - usual_s);
  if (gaps_ > kEnough && off_s > tolerance_s && off_s < usual_s) {
    open_gap_ = gap_s;
  } else {
    NoteDuration(gap_s);
  }
}

void FrameClock::NoteDuration(double seconds) {
  shortest_gap_s_ = shortest_gap_s_ ? std::min(*shortest_gap_s_, seconds) : seconds;
  longest_gap_s_ = std::max(longest_gap_s_, seconds);
}

bool FrameClock::vfr() const {
  constexpr size_t kFramesPerJitter = 100;
  if (!shortest_gap_s_) return false;
  if (jitters_ > 1 && static_cast<size_t>(jitters_) > gaps_ / kFramesPerJitter) return true;
  return longest_gap_s_ - *shortest_gap_s_ > Tolerance(*shortest_gap_s_, tick_s_);
}

}  // namespace reelbatch::media
