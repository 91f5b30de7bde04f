#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "image/frame.h"
#include "image/plane.h"

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
/// weights are integers and exact, only the result is rounded, to nearest. An empty source or size
/// gives an empty plane.   Threads: one object per thread.
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
  // Source samples [first, first + count) and their weights, at weights[offset]; the weights sum to
  // `total`.
  struct Cell {
    int first = 0;
    int count = 0;
    int offset = 0;
  };
  struct Axis {
    int source = -1;
    int target = -1;
    uint32_t total = 0;
    std::vector<Cell> cells;
    std::vector<uint32_t> weights;
    void Build(int source_size, int target_size);
  };
  template <class Sum>
  void ResizeWith(image::ImageView<uint8_t> in, std::vector<Sum>& column_sums,
                  const std::array<uint8_t, 256>& levels, image::Plane<uint8_t>& out);
  void ResizeThrough(image::ImageView<uint8_t> in, Size size,
                     const std::array<uint8_t, 256>& levels, image::Plane<uint8_t>& out);

  Axis columns_;
  Axis rows_;
  std::vector<uint16_t> short_sums_;
  std::vector<uint32_t> long_sums_;
};

/// One frame at a time, tables built anew: for stills and tests. A video keeps a LumaScaler.
void DownscaleLuma(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out);
void ResizeArea(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out);

}  // namespace reelbatch::vision
