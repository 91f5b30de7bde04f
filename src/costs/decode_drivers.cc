#include "costs/decode_drivers.h"

#include <algorithm>

namespace reelbatch::costs {

DecodeDrivers DecodeDriversOf(const contracts::VideoInfo& info, double frames) {
  const double mpx = info.width / 1e6 * info.height;
  const int64_t bytes = info.stream_bytes > 0 ? info.stream_bytes : info.file_bytes;
  const double kbyte = static_cast<double>(bytes) / 1e3 / std::max(1.0, frames);
  const bool cabac = info.codec == "h264" && !info.profile.empty() &&
                     info.profile.find("Baseline") == std::string::npos;
  return {mpx, kbyte, info.reorders ? mpx : 0, cabac ? kbyte : 0};
}

}  // namespace reelbatch::costs
