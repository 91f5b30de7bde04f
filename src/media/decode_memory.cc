#include <algorithm>
#include <string_view>

#include "media/av.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

/// Frames that a decoder keeps for reference and for putting them in order, with the one being
/// written.
int64_t FramesHeld(std::string_view codec, int64_t width, int64_t height) {
  // H.264 and HEVC: the decoded picture buffer that level 4.1 allows (32768 macroblocks, at most 16
  // frames; source: H.264 table A-1), which encoders keep to up to 1080p; at least the 4 that x264
  // uses at any size.
  constexpr int64_t kLevelMacroblocks = 32768;
  constexpr int64_t kOutputAndCurrent = 3;
  if (codec == "h264" || codec == "hevc") {
    const int64_t macroblocks = ((width + 15) / 16) * ((height + 15) / 16);
    return std::clamp<int64_t>(kLevelMacroblocks / std::max<int64_t>(macroblocks, 1), 4, 16) +
           kOutputAndCurrent;
  }
  if (codec == "vp9" || codec == "av1") return 8 + kOutputAndCurrent;  // reference slots
  return 2 + kOutputAndCurrent;                                        // two references, or none
}

}  // namespace

int64_t EstimateDecodeBytes(const contracts::VideoInfo& info, int threads) {
  // FFmpeg pads frames to whole blocks and adds an edge of 32 px for motion vectors that point
  // outside.
  constexpr int64_t kBlock = 64;
  constexpr int64_t kEdge = 64;
  // Demuxer index and probing buffer, codec tables, the I/O buffer. Measured: 3 to 7 MiB, without
  // the frames.
  constexpr int64_t kFixed = int64_t{8} << 20;
  const int64_t width = (std::max(info.width, 1) + kBlock - 1) / kBlock * kBlock + kEdge;
  const int64_t height = (std::max(info.height, 1) + kBlock - 1) / kBlock * kBlock + kEdge;
  const AVPixelFormat format = av_get_pix_fmt(info.pixel_format.c_str());
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  // Padded, so that 10 bits count as 16. Unknown: the most that is common, 4:4:4 of 8 bits.
  const int64_t bits = descriptor == nullptr ? 24 : av_get_padded_bits_per_pixel(descriptor);
  const int64_t frame = width * height * std::max<int64_t>(bits, 8) / 8;
  const int64_t own = width * height * 3;  // our planes, where frames are converted
  const int64_t held = FramesHeld(info.codec, info.width, info.height) + std::max(0, threads - 1);
  return kFixed + held * frame + own;
}

}  // namespace reelbatch::media
