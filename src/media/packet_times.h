#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/av.h"

namespace reelbatch::media {

/// The times of the packets of a video on the clock of its detected cuts. This clock continues
/// where the clock of the container is set anew, as in the file that `cat a.ts b.ts` makes.
/// Threads: one caller at a time.
///
/// Note [Epochs]: an epoch is a sequence of packets on one clock. A new epoch begins at a keyframe
/// that is stored later, but has an earlier stamp, than the packets before it, or where the decode
/// time falls far back and stays there. FrameClock places the first frame of an epoch one usual gap
/// after the last frame before it, and offset() does the same. A single stamp that is far from its
/// own decode time, or a short run of decode times that are far ahead, is wrong by itself and
/// begins no epoch. Times are ticks of the video's time base.
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

  /// `nominal_s` is the duration of a frame as the container states it, in seconds.
  PacketTimes(AVRational tick, double nominal_s);

  /// Notes a packet. Call it for every packet of the video, in the order of the file.
  void Add(const AVPacket& packet);
  /// Call it after the last packet.
  void Finish();

  const std::vector<Entry>& entries() const { return entries_; }
  int epochs() const { return static_cast<int>(offsets_.size()); }
  /// The number of ticks to add to the container's times in an epoch.
  int64_t offset(int epoch) const { return offsets_[static_cast<size_t>(epoch)]; }
  /// The duration of a frame in ticks, as observed at the end of the last epoch.
  int64_t usual_gap() const { return usual_gap_; }
  AVRational tick() const { return tick_; }

  /// Of the epochs beside `around` and itself that in which a time of another track lies nearest to
  /// `near_s`, which is on the mended clock.
  int EpochNear(double container_s, double near_s, int around) const;
  double offset_s(int epoch) const { return TicksToSeconds(offset(epoch), tick_); }

 private:
  bool BeginsEpoch(const Entry& entry);
  void RepairStamps(size_t begin, size_t end);
  /// Gives presentation times to the packets that have only a decode time: those that the other
  /// packets leave free.
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
