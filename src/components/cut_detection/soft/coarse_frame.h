#pragma once

#include <array>
#include <cstdint>

#include "components/cut_detection/hard/picture.h"
#include "image/frame.h"

namespace reelbatch::components::soft {

/// What soft detection keeps of a frame: luma at a quarter of the hard part's picture (40 x 22 at
/// 16:9), chroma at an eighth, one after the other, 0..255. Movement of a few samples, grain and
/// coding noise are gone at this size; what a transition does to the whole picture is not.
struct CoarseFrame {
  static constexpr size_t kMostSide = 40;
  static constexpr size_t kMostSamples = kMostSide * kMostSide * 3 / 2;

  int width = 0;  // of the luma; chroma is half of it, rounded down
  int height = 0;
  size_t samples = 0;
  std::array<uint8_t, kMostSamples> levels{};

  uint8_t& at(int x, int y) { return levels.data()[ptrdiff_t{y} * width + x]; }
  uint8_t at(int x, int y) const { return luma().row(y)[x]; }
  image::ImageView<uint8_t> luma() const { return {levels.data(), width, height, width}; }
};

/// Numbers of one frame that fades are decided from.
struct FrameLook {
  float hsv_v = 0;  // mean of V = max(R, G, B), 0..1
  float lab_l = 0;  // mean of CIE L*, 0..1
  float mean = 0;   // of the luma, levels
  /// How much the picture shows, levels: standard deviation of the luma about the mean of its row,
  /// or of its column, whichever is less. 0 for one flat colour, also between black bars.
  float spread = 0;
  /// Largest difference of two samples of one row, or of one column, whichever is less, levels.
  float range = 0;
};

/// `picture` and `frame` are one and the same frame.
void MakeCoarse(const hard::Picture& picture, const image::FrameView& frame, CoarseFrame& out);

/// Means of V and of L* over the coarse frame: RGB by the frame's matrix, sRGB's curve, D65 white,
/// as OpenCV's RGB2HSV and RGB2Lab. Within .01 of theirs for the same samples.
FrameLook LookAt(const CoarseFrame& coarse, bool bt709);

/// FrameLook::range alone.
float RangeOf(const CoarseFrame& coarse);

/// Mean squared difference of all samples, levels^2. Both of one size.
float Distance(const CoarseFrame& a, const CoarseFrame& b);

}  // namespace reelbatch::components::soft
