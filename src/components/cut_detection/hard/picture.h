#pragma once

#include <array>
#include <cstdint>

#include "image/frame.h"
#include "vision/block_motion.h"
#include "vision/luma.h"

namespace reelbatch::components::hard {

/// What the adaptive decision keeps of a frame while it looks around: about 60 kB.
struct Picture {
  static constexpr int kLumaBins = 8;
  static constexpr int kChromaBins = 9;
  static constexpr int kColourBins = kLumaBins * kChromaBins * kChromaBins;

  vision::MotionPlane luma;
  std::array<uint16_t, kColourBins> colours{};  // of about 4000 cells, 2 x 2 samples of `luma` each
  int cells = 0;

  void CopyFrom(const Picture& other) {
    luma.CopyFrom(other.luma);
    colours = other.colours;
    cells = other.cells;
  }
};

/// Makes pictures: one per video, its buffers are kept.
class PictureMaker {
 public:
  /// `luma` is any downscale of the frame's luma, 0..255, at least 1 x 1; the chroma comes from
  /// `frame`.
  void Make(image::ImageView<uint8_t> luma, const image::FrameView& frame, Picture& out);

 private:
  vision::LumaScaler scaler_;
  image::Plane<uint8_t> small_;
};

/// Size of Picture::luma for a frame: the long side about 160, both multiples of 8, at least 16.
vision::Size PictureSize(int width, int height);

/// L1 distance of the colour histograms, each divided by its number of cells: 0..2.
float ColourDistance(const Picture& a, const Picture& b);

}  // namespace reelbatch::components::hard
