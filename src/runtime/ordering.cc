#include "runtime/ordering.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::runtime {

double MediaSeconds(const contracts::VideoInfo& info, const contracts::Sampling& sampling) {
  double seconds = info.duration_s.value_or(0);
  if (!std::isfinite(seconds) || seconds < 0) return 0;
  if (sampling.end_s) seconds = std::min(seconds, std::max(0.0, *sampling.end_s));
  if (info.file_bytes > 0) seconds = std::min(seconds, static_cast<double>(info.file_bytes));
  return seconds;
}

double WorkOf(const contracts::VideoInfo& info, const contracts::Sampling& sampling) {
  const double seconds = MediaSeconds(info, sampling);
  if (seconds > 0) return seconds * std::max(1, info.width) * std::max(1, info.height);
  // 0.1 bit per pixel and 25 fps are usual for H.264 at web rates: 8 / (0.1 x 25) pixel seconds per
  // byte.
  constexpr double kPixelSecondsPerByte = 8 / (0.1 * 25);
  return static_cast<double>(std::max<int64_t>(0, info.file_bytes)) * kPixelSecondsPerByte;
}

}  // namespace reelbatch::runtime
