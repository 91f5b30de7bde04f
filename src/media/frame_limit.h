#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "media/av.h"
#include "media/frame_sampler.h"

namespace reelbatch::media {

/// Stops a decoder that wants to allocate frames with more samples than allowed. Threads: refused()
/// may be called by any thread. FFmpeg's own threads allocate frames.
class FrameLimit {
 public:
  /// Before avcodec_open2(), together with LogCapture::Watch(); the limit must outlive the codec.
  /// 0 x 0: no limit.
  void Bind(AVCodecContext& codec, FrameSize largest);

  /// The size of the first frame that was refused, or none.
  std::optional<FrameSize> refused() const;

 private:
  static int GetBuffer(AVCodecContext* codec, AVFrame* frame, int flags);

  int64_t max_samples_ = 0;
  std::atomic<uint64_t> refused_{0};  // width in the upper half, height in the lower
};

}  // namespace reelbatch::media
