#pragma once

#include <cstdint>

#include "image/frame.h"
#include "image/plane.h"

namespace reelbatch::vision {

/// Size of a downscale to `max_side`: aspect kept, both sides rounded, at least 3, never upscaled.
struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};
Size FitMaxSide(int width, int height, int max_side);

/// Luma as 0..255 at `size`: area resampling of Y (every source sample weighs as much as the part of it that falls
/// into the target sample), rounded to nearest, then limited range expanded. Same size: expanded only.
/// Against OpenCV's RGB -> gray of the same frame: within 2 levels where no RGB channel clips.
void DownscaleLuma(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out);

/// Area resampling alone, the oracle of DownscaleLuma: OpenCV's INTER_AREA for shrinking, within 1 level.
void ResizeArea(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out);

}  // namespace reelbatch::vision
