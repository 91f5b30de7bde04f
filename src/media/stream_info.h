#pragma once

#include <optional>

#include "contracts/video.h"
#include "media/av.h"

namespace reelbatch::media {

/// A video stream that is not a cover picture or a thumbnail.
bool IsVideo(const AVStream& stream);

/// What the container and the codec parameters say. Unspecified range: limited, but full for RGB
/// and yuvj formats; unspecified matrix: BT.709 from 720 lines up, else BT.601, as players guess.
/// Counts and durations that cannot be true are left out (Note [Lying headers] in stream_end.cc).
contracts::VideoInfo DescribeStream(const AVFormatContext& format, const AVStream& stream,
                                    int64_t file_bytes);

/// Where players count from: `start_s` of the chosen stream, or the start of another video stream
/// or of sound that comes earlier.
double PlayerStart(const AVFormatContext& format, const AVStream& stream, double start_s);

/// The sound that belongs to a video stream.
struct SoundChoice {
  int stream = -1;  // below 0: there is none
  AVCodecID codec_id = AV_CODEC_ID_NONE;
  const AVCodec* codec = nullptr;  // its decoder; null: FFmpeg has none
};

/// FFmpeg's best audio stream beside stream `video`, or stream `wanted` where that is one. Before
/// packets are read, which may tell of more streams.
SoundChoice ChooseSound(AVFormatContext& format, int video, std::optional<int> wanted = {});

/// Whether Y'CbCr of this colour space is nearer to BT.709 than to BT.601; `height` decides where
/// unspecified.
bool IsBt709(AVColorSpace space, int height);

/// RGB in any layout, also by palette. Such frames leave media as full-range BT.601 4:4:4.
bool IsRgb(AVPixelFormat format);

/// Whether samples use the whole range; `format` decides where unspecified.
bool IsFullRange(AVColorRange range, AVPixelFormat format);

}  // namespace reelbatch::media
