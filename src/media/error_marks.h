#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "contracts/video.h"

namespace reelbatch::media {

/// Finds out next to which frames damage lies. A damaged packet leaves a hole in presentation
/// order: the frames on both sides of the hole are marked, found by the packet's own time, since
/// decoders answer late. A damaged frame is marked itself. Times are in any one unit.
class ErrorMarks {
 public:
  /// `time` of the damaged packet; none: the hole is taken to lie before the next frame.
  void OnLost(std::optional<int64_t> time);
  /// Every decoded frame, in order.
  void OnFrame(contracts::FrameIndex index, std::optional<int64_t> time, bool damaged);
  /// No frame follows: what is still open lies after the last one.
  void OnEnd();

  /// Damage lies at the last frame.
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
