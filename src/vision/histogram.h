#pragma once

#include <array>
#include <cstdint>

#include "image/frame.h"

namespace reelbatch::vision {

inline constexpr int kValueBins = 32;
using ValueHistogram = std::array<uint32_t, kValueBins>;

/// Histogram of V = max(R, G, B) at full resolution, 32 bins of 8 levels. Chroma is taken from the
/// nearest sample; RGB by the frame's matrix and range, clamped to 0..255. max(R,G,B) = clamp(Y' +
/// max of the three chroma terms), so RGB is never made.
ValueHistogram ValueHistogramOf(const image::FrameView& frame);

/// The same from a plane of V itself (tests, and the outside oracle).
ValueHistogram HistogramOf(image::ImageView<uint8_t> v);

/// L1 distance of the two, each divided by its own sum: 0..2. An empty histogram gives 0.
float HistogramL1(const ValueHistogram& a, const ValueHistogram& b);

}  // namespace reelbatch::vision
