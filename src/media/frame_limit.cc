#include "media/frame_limit.h"

#include "media/ffmpeg_versions.h"
#include "media/log_capture.h"

namespace reelbatch::media {
namespace {

/// Decoders ask for whole blocks; AV1's are the largest.
int64_t WholeBlocks(int side) {
  constexpr int64_t kBlock = 128;
  return (int64_t{side} + kBlock - 1) / kBlock * kBlock;
}

}  // namespace

void FrameLimit::Bind(AVCodecContext& codec, FrameSize largest) {
  max_samples_ = WholeBlocks(largest.width) * WholeBlocks(largest.height);
  if (max_samples_ == 0) return;
  codec.get_buffer2 = &FrameLimit::GetBuffer;
  AllowCallsFromAnyThread(codec);
}

int FrameLimit::GetBuffer(AVCodecContext* codec, AVFrame* frame, int flags) {
  FrameLimit& limit = *static_cast<CodecHooks*>(codec->opaque)->limit;
  if (int64_t{frame->width} * frame->height <= limit.max_samples_) {
    return avcodec_default_get_buffer2(codec, frame, flags);
  }
  uint64_t none = 0;
  const uint64_t size =
      (uint64_t{static_cast<uint32_t>(frame->width)} << 32U) | static_cast<uint32_t>(frame->height);
  limit.refused_.compare_exchange_strong(none, size);
  return AVERROR(ENOMEM);
}

std::optional<FrameSize> FrameLimit::refused() const {
  const uint64_t size = refused_.load();
  if (size == 0) return std::nullopt;
  return FrameSize{.width = static_cast<int>(size >> 32U),
                   .height = static_cast<int>(size & 0xFFFFFFFFU)};
}

}  // namespace reelbatch::media
