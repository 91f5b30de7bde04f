#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/av.h"

namespace reelbatch::media {

/// When the packets of a video are shown on the clock of its detected cuts, which goes on where the
/// container's clock is set anew, as in `cat a.ts b.ts`.
///
/// Note [Epochs]: an epoch is a stretch of packets on one clock. A new one begins at a keyframe
/// that is stored later but stamped earlier than what came before, or where the decode time falls
/// far back for good. FrameClock lets the first frame of an epoch follow the last frame before by
/// one usual gap; offset() does the same. A single stamp far from its own decode time, or a short
/// run of decode times far ahead, is wrong alone and does not begin an epoch. Times are in ticks of
/// the video's time base.
class PacketTimes {
 public:
  static constexpr int64_t kNone = AV_NOPTS_VALUE;

  struct Entry {
    int64_t at = kNone;   // shown; none: unknown
    int64_t dts = kNone;  // decoded; none: the container does not say
    bool key = false;
    int epoch = 0;
    bool stamped = false;  // the container says when it is shown, not only when it is decoded
  };

  /// `nominal_s`: duration of a frame by the container's word.
  PacketTimes(AVRational tick, double nominal_s);

  /// Every packet of the video, in the order of the file.
  void Add(const AVPacket& packet);
  /// After the last one.
  void Finish();

  const std::vector<Entry>& entries() const { return entries_; }
  int epochs() const { return static_cast<int>(offsets_.size()); }
  /// Ticks to add to the container's times of an epoch.
  int64_t offset(int epoch) const { return offsets_[static_cast<size_t>(epoch)]; }
  /// How long a frame lasts, ticks, as seen at the end of the last epoch.
  int64_t usual_gap() const { return usual_gap_; }
  AVRational tick() const { return tick_; }

  /// Of the epochs beside `around` and itself that in which a time of another track lies nearest to
  /// `near_s`, which is on the mended clock.
  int EpochNear(double container_s, double near_s, int around) const;
  double offset_s(int epoch) const { return TicksToSeconds(offset(epoch), tick_); }

 private:
  bool BeginsEpoch(const Entry& entry);
  void RepairStamps(size_t begin, size_t end);
  /// Some packets have only a decode time: they take the places on the screen that the others
  /// leave.
  void FillStamps(size_t begin, size_t end);
  /// Shifts [begin, end) so that it follows `last`.
  void Place(size_t begin, size_t end, std::optional<int64_t> last);

  AVRational tick_;
  int64_t nominal_;
  int64_t far_;  // above this a gap is a jump
  std::vector<Entry> entries_;
  std::vector<int64_t> offsets_;
  int64_t usual_gap_;
  int64_t latest_ = kNone;   // shown, of this epoch
  int64_t decoded_ = kNone;  // of the packet before
  int64_t before_jump_ = kNone;
  size_t jumped_at_ = 0;
  int epoch_ = 0;
};

}  // namespace reelbatch::media
