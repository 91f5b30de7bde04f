#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "contracts/video.h"

namespace reelbatch::media {

/// Finds the frames next to damage. A damaged packet leaves a hole in presentation order, and the
/// frames on both sides of the hole are marked. The hole is found by the time of the packet,
/// because decoders give frames later than they take packets. A damaged frame is marked itself. All
/// times have the same unit, which may be any.
class ErrorMarks {
 public:
  /// Notes a damaged packet. `time` is its time; without it, the hole is before the next frame.
  void OnLost(std::optional<int64_t> time);
  /// Notes a decoded frame. Call it for every frame, in presentation order.
  void OnFrame(contracts::FrameIndex index, std::optional<int64_t> time, bool damaged);
  /// Notes that no frame follows. Holes that are still open are after the last frame.
  void OnEnd();

  /// Whether the last frame is next to damage.
  bool EndsDamaged() const { return last_ && !marks_.empty() && marks_.back() == *last_; }

  /// Adds to report.decode_errors and report.error_frames.
  void Report(contracts::DecodeReport& report) const;

 private:
  void Mark(contracts::FrameIndex index);

  int64_t errors_ = 0;
  bool open_now_ = false;        // a hole without a time
  std::deque<int64_t> open_at_;  // holes with a time, not reached yet; at most kMaxErrorFrames
  std::optional<contracts::FrameIndex> last_;
  std::vector<contracts::FrameIndex> marks_;
};

}  // namespace reelbatch::media
