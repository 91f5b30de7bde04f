#pragma once

#include "media/av.h"

namespace reelbatch::media {

/// Frames that a decoder may keep for reference and order, by the codec's rules. H.264 and HEVC:
/// the decoded picture buffer of `level` (as AVCodecParameters has it; unknown: H.264 level 4.1,
/// HEVC level 4). Source: ITU-T H.264 table A-1, H.265 A.4.2.   Example: H.264, level 31, 1280x720
/// -> 5.
int ReferenceFrames(AVCodecID codec, int level, int width, int height);

}  // namespace reelbatch::media
