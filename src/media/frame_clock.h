#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "contracts/video.h"
#include "media/rate_estimate.h"

namespace reelbatch::media {

/// What is known about a stamp that looks wrong. Times are those of the container, in seconds.
struct StampWitness {
  /// The stamps of later frames, in the order of their packets.
  std::vector<double> later_s;
  /// Whether the stamp is far from its own decode time, while the stamps around it are not.
  bool against_decode_time = false;
};

/// Gives every decoded frame a time that is later than that of the frame before, and counts the
/// times that it had to repair.
///
/// Note [Mending times]: a stamp is checked if it does not follow the stamp before by about the
/// usual gap.
///   - A stamp that is far ahead is wrong if later frames have stamps before it. A stamp that falls
///     back is wrong if most of the later stamps are ahead of it. One wrong stamp, or a short run
///     of them, is repaired, and the others stay.
///   - A stamp that is far ahead, and which later frames follow, is a jump. It stays.
///   - If a stamp falls back and all later ones follow it, the clock was set anew. The times then
///     continue without a gap.
///   - No frame follows the last one. If it is far ahead, it is wrong if it contradicts its decode
///     time, or if all frames before it came at even distances.
/// A repaired frame, and a frame without a time, is placed one usual gap after the frame before it,
/// or nearer to it if the next frame with a good time comes earlier: 0 1 1 2 becomes 0 1 1.5 2.
class FrameClock {
 public:
  /// `nominal_s` is the duration of a frame as the container states it (above 0), and `tick_s` its
  /// time base in seconds. `first_s` is the time of the first frame if it has none. `rates` are
  /// those of the container; they decide between rates that fit equally well.
  FrameClock(double nominal_s, double tick_s, double first_s,
             const std::array<contracts::Rational, 2>& rates = {})
      : nominal_s_(nominal_s), tick_s_(tick_s), first_s_(first_s), rates_(rates), rate_(tick_s) {}
  FrameClock(const contracts::VideoInfo& info, double tick_s);

  /// Whether Next() needs a witness for this stamp.
  bool Doubts(std::optional<double> container_s) const;

  /// The time of the next frame in presentation order, in seconds.
  double Next(std::optional<double> container_s, const StampWitness& witness = {});

  int64_t missing() const { return missing_; }
  int64_t repaired() const { return repaired_; }
  /// Gaps between sound times differ by more than a container's rounding does, and by more than one
  /// in a hundred frames that came early or late alone.
  bool vfr() const;
  contracts::Rational rate() const { return rate_.Estimate(rates_); }

 private:
  static constexpr size_t kRecent = 9;
  enum class Verdict : uint8_t { kSound, kWrong, kSetAnew };

  /// How long a frame lasts: as seen so far, else by the container's word.
  double UsualGap() const;
  Verdict Judge(double time_s, const StampWitness& witness) const;
  Verdict JudgeFirst(double time_s, const StampWitness& witness) const;
  Verdict JudgeAhead(double time_s, const StampWitness& witness) const;
  Verdict JudgeBehind(const StampWitness& witness) const;
  /// Long enough without one long gap that a single one, before the very last frame, is no pause.
  bool RunsEvenly() const;
  double Repaired(double time_s, const StampWitness& witness) const;
  double RepairedFirst(double time_s, const StampWitness& witness) const;
  void NoteSound(double time_s, bool joined);
  void NoteGap(double gap_s);
  void NoteDuration(double seconds);

  double nominal_s_;
  double tick_s_;
  double first_s_;
  std::array<contracts::Rational, 2> rates_;
  double shift_s_ = 0;  // that continues a clock which was set anew
  std::optional<double> previous_s_;
  bool previous_sound_ = false;
  int64_t missing_ = 0;
  int64_t repaired_ = 0;
  RateEstimate rate_;
  std::array<double, kRecent> recent_gaps_ = {};
  size_t gaps_ = 0;
  std::optional<double> open_gap_;  // may be half of a frame that came early or late alone
  std::optional<double> shortest_gap_s_;
  double longest_gap_s_ = 0;
  int64_t jitters_ = 0;
};

/// A gap above this is a jump: a pause, a picture that stands, or a wrong stamp.
double FarSeconds(double nominal_s);

/// How long a frame lasts by the container's word, above 0.
double NominalFrameSeconds(const contracts::VideoInfo& info);

}  // namespace reelbatch::media
