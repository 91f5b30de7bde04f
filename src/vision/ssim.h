#pragma once

#include <cstdint>

#include "image/plane.h"
#include "vision/ssim_ref.h"

namespace reelbatch::vision {

enum class SsimRange : uint8_t { kSecondFrame, k255 };

/// Mean SSIM of two planes of one size, at least 7 x 7: 7x7 uniform window, K1 .01, K2 .03, sample
/// covariance (49/48), mean over the region 3 px inside the border.
///
/// Smaller planes use the largest odd window that fits; where none of 3 does, single samples, that
/// is, the luminance term alone. Empty planes are alike: 1.
/// Dynamic range: max - min of `b` (1 where flat), or 255.   Result: -1..1, never NaN.
/// Error: <= 1e-4 of scikit-image structural_similarity on uint8 planes (window sums are exact
/// integers). Every target gives the same bits.   Threads: one object per thread.
/// Buffers are kept between calls, so a video allocates once.
class Ssim {
 public:
  double operator()(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, SsimRange range);

 private:
  SsimRef ref_;  // for scalar code, and where the window is smaller than 7 x 7
};

}  // namespace reelbatch::vision
