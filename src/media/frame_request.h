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

/// The frames that one of several users of a video needs.
struct FrameRequest {
  /// Which frames, and their size. Range, stream, crop and picture rate are those of all requests.
  contracts::Sampling sampling = {};
  /// The size of an additional small RGB picture of every frame:
  /// image::StampedFrame::thumbnail, made as ffmpeg's command line makes it of the decoder's own
  /// picture, or of the crop alone, whatever the analysis size (Thumbnailer). None: no such
  /// picture.
  std::optional<FrameSize> thumbnail = std::nullopt;
  friend bool operator==(const FrameRequest&, const FrameRequest&) = default;
};

/// One decoded frame, for all requests.
struct RequestedFrame {
  image::FrameStamp stamp;
  /// By request. None: that request does not use this frame; at least one does.
  std::vector<std::optional<image::StampedFrame>> of = {};
};

/// The frames of one video for several users, decoded once: each request gets exactly
/// the bytes that its own FrameSource would give. Threads: one caller at a time.
class RequestedSource {
 public:
  virtual ~RequestedSource() = default;
  virtual const contracts::VideoInfo& info() const = 0;
  /// The next frame that any request uses, or null at the end; as FrameSource::Next().
  virtual base::Result<const RequestedFrame*> Next() = 0;
  /// As those of FrameSource. They do not depend on the requests.
  virtual const contracts::DecodeReport& report() const = 0;
  virtual std::optional<FrameSize> refused_size() const { return std::nullopt; }
  virtual double position_s() const = 0;
};

/// The frames of the first request, which must be the only one.
std::unique_ptr<FrameSource> AsFrameSource(std::unique_ptr<RequestedSource> source);

}  // namespace reelbatch::media
