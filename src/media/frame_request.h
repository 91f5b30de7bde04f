#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "contracts/video.h"
#include "image/frame.h"
#include "media/frame_sampler.h"
#include "media/frame_source.h"

namespace reelbatch::media {

/// What one of those who look at a video together wants of its frames.
struct FrameRequest {
  /// Which frames, and their size. Range, stream, crop and picture rate are those of all requests.
  contracts::Sampling sampling = {};
  /// The size of the small RGB picture that every frame carries besides:
  /// image::StampedFrame::thumbnail, made as ffmpeg's command line makes it of the decoder's own
  /// picture, or of the crop alone, whatever the analysis size (Thumbnailer). None: no such
  /// picture.
  std::optional<FrameSize> thumbnail = std::nullopt;
  friend bool operator==(const FrameRequest&, const FrameRequest&) = default;
};

/// One decoded frame, as those see it who asked for frames of the video.
struct RequestedFrame {
  image::FrameStamp stamp;
  /// By request. None: that request leaves this frame out; at least one takes it.
  std::vector<std::optional<image::StampedFrame>> of = {};
};

/// The frames of one video for several who look at it, decoded once: what each request gets is byte
/// for byte what a FrameSource of its own would give. Threads: one caller at a time.
class RequestedSource {
 public:
  virtual ~RequestedSource() = default;
  virtual const contracts::VideoInfo& info() const = 0;
  /// The next frame that any request takes, or null at the end; as FrameSource::Next().
  virtual base::Result<const RequestedFrame*> Next() = 0;
  /// As those of FrameSource. They do not depend on the requests.
  virtual const contracts::DecodeReport& report() const = 0;
  virtual std::optional<FrameSize> refused_size() const { return std::nullopt; }
  virtual double position_s() const = 0;
};

/// The frames of the first request, which has to be the only one.
std::unique_ptr<FrameSource> AsFrameSource(std::unique_ptr<RequestedSource> source);

}  // namespace reelbatch::media
