#pragma once

#include <cstdint>

#include "image/plane.h"
#include "reel/script.h"

namespace reelbatch::reel {

/// A picture without seams that a camera wanders over: 8-bit limited-range Y'CbCr 4:2:0, sides
/// powers of two.
struct Canvas {
  image::Plane<uint8_t> y;
  image::Plane<uint8_t> u;
  image::Plane<uint8_t> v;
};

struct Yuv {
  double y = 0;
  double u = 0;
  double v = 0;
};

/// From 0 to 1 without a corner at either end.
constexpr double SmoothStep(double t) { return t * t * (3 - 2 * t); }

inline constexpr int kPalettes = 8;

/// A colour of palette [0, kPalettes): tone 0 is its darkest, 1 its lightest.
Yuv PaletteColour(int palette, double tone);

/// Paints a shot's texture at least as large as the frame. Same arguments, same samples, on every
/// machine: only operations that IEEE 754 defines exactly are used.
Canvas PaintCanvas(const Shot& shot, uint64_t seed, int frame_width, int frame_height);

/// The palette a shot uses.
int PaletteOf(const Shot& shot, uint64_t seed);

}  // namespace reelbatch::reel
