#pragma once

#include <cstdint>
#include <vector>

#include "image/frame.h"
#include "image/plane.h"
#include "vision/area_axis.h"

namespace reelbatch::vision {

/// Size of a downscale to `max_side`: aspect kept, both sides rounded half to even, at least 3,
/// never upscaled (a side of 1 or 2 stays as it is).
/// Example: 1280 x 720 to 512 -> 512 x 288.
struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};
Size FitMaxSide(int width, int height, int max_side);

/// Area resampling, whose weight tables and row buffers are kept from frame to frame: use one per
/// target size.
///
/// Every source sample weighs as much as the part of it that falls into the target sample; the
/// weights are integers and exact, only the result is rounded, to nearest, n + 1/2 upwards. Equal
/// on every target. An empty source or size gives an empty plane.   Threads: one object per thread.
class LumaScaler {
 public:
  /// Luma as 0..255 at `size`: area resampling of Y, then limited range expanded. Same size:
  /// expanded only.
  /// Against OpenCV's RGB -> gray of the same frame: within 2 levels where no RGB channel clips and
  /// the matrix is BT.601, whose weights OpenCV's gray has. BT.709 luma keeps its own weights:
  /// saturated colours differ, grays do not.
  void Downscale(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out);

  /// Area resampling alone: OpenCV's INTER_AREA for shrinking, within 1 level.
  void Resize(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out);

 private:
  void ResizeThrough(image::ImageView<uint8_t> in, Size size, bool limited_range,
                     image::Plane<uint8_t>& out);

  AreaAxis columns_;
  AreaAxis rows_;
  // Of one target row: sums of source rows, in one or two parts, and what the columns make of them.
  std::vector<int16_t> low_sums_;
  std::vector<int16_t> high_sums_;
  std::vector<int32_t> totals_;
};

/// One frame at a time, tables built anew: for stills and tests. A video keeps a LumaScaler.
void DownscaleLuma(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out);
void ResizeArea(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out);

}  // namespace reelbatch::vision
