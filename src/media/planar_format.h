#pragma once

#include "media/av.h"

namespace reelbatch::media {

/// Whether the format is luma alone.
bool IsGray(const AVPixFmtDescriptor& format);

/// The pixel format of a decoded frame.
AVPixelFormat FormatOf(const AVFrame& frame);

/// The same format without the range in its name: YUVJ formats become YUV formats, because the
/// range is kept beside the samples.
AVPixelFormat WithoutRange(AVPixelFormat format);

/// Whether each component has a plane of its own, with samples of 8 bits or of 9 to 16 bits in
/// native byte order and nothing beside them. RGB and palette formats are not.
bool IsPlainPlanar(const AVPixFmtDescriptor& format);

/// The 8-bit planar format of Y'CbCr with the chroma of `format`: what frames leave media in.
AVPixelFormat PlanarFormat(AVPixelFormat format);

}  // namespace reelbatch::media
