#pragma once

#include <array>
#include <cstdint>

#include "image/plane.h"
#include "reel/script.h"
#include "reel/texture.h"

namespace reelbatch::reel {

/// A picture in the making; limited range, BT.601, 4:2:0.
struct Picture {
  image::Plane<uint8_t> y;
  image::Plane<uint8_t> u;
  image::Plane<uint8_t> v;
};

std::array<image::Plane<uint8_t>*, 3> Planes(Picture& picture);

/// Both sides even.
void Resize(int width, int height, Picture& picture);

/// The colour in a picture's own terms.
Yuv ToYuv(const Rgb& color);

/// `over` over `picture`, all of it by the same share [0, 1].
void Blend(double share, Picture& over, Picture& picture);

/// `over` behind a front that has `share` of its way behind it, `soft` of the way wide.
void BlendBehindFront(double share, Direction toward, double soft, Picture& over, Picture& picture);

/// One colour over the picture, all of it by the same share [0, 1].
void Veil(double share, const Yuv& color, Picture& picture);

/// Multiplies the light, in code values, about black and grey.
void Expose(double gain, Picture& picture);

/// Out of focus by a box of 2 `radius_px` + 1 samples, twice, so that edges end softly.
void Blur(double radius_px, Picture& picture);

/// Black bars at top and bottom, each `share` of the height.
void Letterbox(double share, Picture& picture);

}  // namespace reelbatch::reel
