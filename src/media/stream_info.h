#pragma once

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

/// Whether Y'CbCr of this colour space is nearer to BT.709 than to BT.601; `height` decides where
/// unspecified.
bool IsBt709(AVColorSpace space, int height);

/// RGB in any layout, also by palette. Such frames leave media as full-range BT.601 4:4:4.
bool IsRgb(AVPixelFormat format);

/// Whether samples use the whole range; `format` decides where unspecified.
bool IsFullRange(AVColorRange range, AVPixelFormat format);

}  // namespace reelbatch::media
