#pragma once

#include <array>
#include <string_view>

#include "contracts/video.h"

namespace reelbatch::costs {

/// What the cost of decoding a frame grows with, beside a share that every frame has. B-frames are
/// predicted twice, and H.264 above Baseline reads its bits one at a time (CABAC).
inline constexpr std::array<std::string_view, 4> kDecodeDrivers = {"mpx", "kbyte", "mpx_reordered",
                                                                   "kbyte_cabac"};
using DecodeDrivers = std::array<double, kDecodeDrivers.size()>;

/// Per frame: 10^6 px, 10^3 coded bytes, and the same of a stream that has B-frames or CABAC, else
/// 0. From what the container says; `frames`: of the whole stream. Bytes of the file where the
/// stream's own are not known. Example: 2000x1000, B-frames, Baseline, 2.5 MB in 250 frames -> {2,
/// 10, 2, 0}.
DecodeDrivers DecodeDriversOf(const contracts::VideoInfo& info, double frames);

}  // namespace reelbatch::costs
