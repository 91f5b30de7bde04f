#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "contracts/event_list.h"
#include "contracts/video.h"
#include "store/exports/timecode.h"

namespace reelbatch::store {

enum class DropFrame : uint8_t {
  kAuto,  // as the timecode of the source does; without one, at rates with drop-frame timecode
  kYes,
  kNo,
};

/// The settings for the frames that an export counts.
struct ClockOptions {
  std::optional<contracts::Rational> rate = std::nullopt;  // none: the rate of the video
  DropFrame drop_frame = DropFrame::kAuto;
};

/// The rates that a format supports.
enum class Counting : uint8_t {
  kTimecode,  // rates with timecode; others use their TimecodeBase()
  kAnyRate,
};

/// Counts the frames of a record for editors: position, label, rate and drop-frame flag of one
/// export come from it.
///
/// The rate is the observed one; if decoding observed none, that of the container. A
/// video without a constant rate is counted by time, at the whole rate nearest to its mean.
class ExportClock {
 public:
  /// Errors: invalid_argument (DropFrame::kYes at a rate without drop-frame timecode).
  static base::Result<ExportClock> Make(const contracts::EventList& record,
                                        const ClockOptions& options, Counting counting);

  /// Frames per second of every position.
  const contracts::Rational& rate() const { return rate_; }
  bool drop_frame() const { return count_.drop_frame; }
  /// The position of the first frame according to the timecode of the source; 0 without one.
  int64_t start() const { return start_; }
  /// Frames of rate() from the file's first frame to source frame `index`, whose container time is
  /// `pts_s`. At a constant rate it follows from the index. If frames are missing, late, repaired
  /// or damaged, and at another rate, it is the frame of rate() that an editor shows at that time.
  int64_t FrameAt(contracts::FrameIndex index, double pts_s) const;
  /// The label of a position from FrameAt(), counted from start(). Only with Counting::kTimecode.
  std::string Timecode(int64_t position) const { return TimecodeText(count_, start_ + position); }
  /// Facts about the rate that readers must know, for stderr and for the file: "variable frame
  /// rate:
  /// ...". Empty: nothing.
  const std::string& note() const { return note_; }

 private:
  ExportClock() = default;

  contracts::Rational rate_;
  TimecodeCount count_;
  int64_t start_ = 0;
  double origin_s_ = 0;          // container time of the file's first frame
  double frames_per_index_ = 0;  // 0: positions follow from the time
  std::string note_;
};

}  // namespace reelbatch::store
