#pragma once

#include <optional>

#include "base/result.h"
#include "contracts/video.h"
#include "image/frame.h"
#include "media/frame_sampler.h"

namespace reelbatch::media {

/// The frames of one video, in presentation order. Threads: one caller at a time.
class FrameSource {
 public:
  virtual ~FrameSource() = default;

  virtual const contracts::VideoInfo& info() const = 0;

  /// The next frame of the timeline, or null at the end. Its samples are valid until the next call
  /// (ReaderOptions::frames_kept: longer).
  /// Damaged data does not end the video: all that can be decoded is, and report() has the losses.
  /// Errors: cancelled, out_of_memory, io (the device failed), corrupt (no frame could be
  /// decoded; the message has FFmpeg's reason).
  virtual base::Result<const image::StampedFrame*> Next() = 0;

  /// Complete once Next() has returned null.
  virtual const contracts::DecodeReport& report() const = 0;

  /// The size of the frame that was larger than ReaderOptions::largest, after Next() has returned
  /// out_of_memory because of it.
  virtual std::optional<FrameSize> refused_size() const { return std::nullopt; }

  /// PTS of the newest decoded frame minus that of the first, for progress; also increases while
  /// frames are skipped.
  virtual double position_s() const = 0;
};

}  // namespace reelbatch::media
