#pragma once

#include <array>
#include <string_view>

#include "contracts/video.h"

namespace reelbatch::costs {

/// The quantities on which the decoding cost of a frame depends, in addition to a fixed part.
/// B-frames are predicted twice, and H.264 above Baseline reads its bits one at a time (CABAC).
inline constexpr std::array<std::string_view, 4> kDecodeDrivers = {"mpx", "kbyte", "mpx_reordered",
                                                                   "kbyte_cabac"};
using DecodeDrivers = std::array<double, kDecodeDrivers.size()>;

/// Per frame: 10^6 pixels, 10^3 coded bytes, and the same for a stream with B-frames or CABAC, else
/// 0. From the facts of the container; `frames`: of the whole stream. Bytes of the file if the
/// bytes of the stream are not known. Example: 2000x1000, B-frames, Baseline, 2.5 MB in 250 frames
/// -> {2, 10, 2, 0}.
DecodeDrivers DecodeDriversOf(const contracts::VideoInfo& info, double frames);

}  // namespace reelbatch::costs
