#pragma once

#include <cstdint>
#include <string>

#include "contracts/video.h"
#include "store/cuts_record.h"

namespace reelbatch::store {

/// Counts a record's time for editors: frames of one constant rate from the file's first frame.
class FrameClock {
 public:
  /// The rate is the container's average one, snapped to the broadcast rate within 0.02 % (24000/1001, 24, 25,
  /// 30000/1001, 30, 48, 50, 60000/1001, 60), because containers round it. 25 where unknown or above `max_rate`.
  FrameClock(const CutsRecord& record, double max_rate);

  const contracts::Rational& rate() const { return rate_; }
  /// Frames at a source frame whose container time is `pts_s`. At a constant rate and an undamaged file that is
  /// the frame's index; else it follows from the time, because indices and times have parted.
  int64_t FrameAt(contracts::FrameIndex index, double pts_s) const;
  /// "01:02:03:04", or "01:02:03;04" with drop frame numbers at 30000/1001 and 60000/1001.
  std::string Timecode(int64_t frame) const;
  bool drop_frame() const { return drop_frame_; }

 private:
  contracts::Rational rate_;
  double start_s_ = 0;
  bool by_index_ = false;
  bool drop_frame_ = false;
};

/// Seconds from the file's first frame; not below 0.
double FromFirstFrame(const CutsRecord& record, double pts_s);

}  // namespace reelbatch::store
