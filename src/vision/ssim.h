#pragma once

#include <cstdint>
#include <vector>

#include "image/plane.h"

namespace reelbatch::vision {

enum class SsimRange : uint8_t { kSecondFrame, k255 };

/// Mean SSIM of two planes of one size, at least 7 x 7: 7x7 uniform window, K1 .01, K2 .03, sample covariance (49/48),
/// mean over the region 3 px inside the border. Smaller planes use the largest odd window that fits (at least 3).
/// Dynamic range: max - min of `b` (1 where flat), or 255.
/// Error: <= 1e-4 of scikit-image structural_similarity on uint8 planes.   Threads: one object per thread.
/// Buffers are kept between calls, so a video allocates once.
class Ssim {
 public:
  double operator()(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, SsimRange range);

 private:
  std::vector<int32_t> columns_;
};

}  // namespace reelbatch::vision
