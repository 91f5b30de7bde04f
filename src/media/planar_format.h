#pragma once

#include "media/av.h"

namespace reelbatch::media {

/// Whether the format is luma alone.
bool IsGray(const AVPixFmtDescriptor& format);

/// The 8-bit planar format of Y'CbCr with the chroma of `format`: what frames leave media in.
AVPixelFormat PlanarFormat(AVPixelFormat format);

}  // namespace reelbatch::media
