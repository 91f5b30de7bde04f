#include "reel/overlay.h"

#include <algorithm>
#include <cmath>

#include "reel/random.h"

namespace reelbatch::reel {
namespace {

constexpr int kRowDots = 8;
constexpr int kLetterDots = 6;
constexpr int kWhiteLuma = 235;

double Hash(uint64_t seed, int x, int y) {
  const auto low = static_cast<uint64_t>(static_cast<uint32_t>(x));
  const auto high = static_cast<uint64_t>(static_cast<uint32_t>(y)) << 32;
  return Random(seed ^ Mix64(high | low)).Unit();
}

void Mix(double code, double opacity, uint8_t& sample) {
  sample = static_cast<uint8_t>(std::lround(sample + (code - sample) * opacity));
}

/// Mixes a colour into luma sample (x, y), and into chroma where the sample has some of its own.
void Paint(int x, int y, double luma, double opacity, Picture& picture) {
  Mix(luma, opacity, picture.y.row(y)[x]);
  if (x % 2 != 0 || y % 2 != 0) return;
  Mix(128, opacity, picture.u.row(y / 2)[x / 2]);
  Mix(128, opacity, picture.v.row(y / 2)[x / 2]);
}

}  // namespace

bool HasInk(uint64_t seed, int column, int row) {
  constexpr double kGaps = 0.17;  // between words, of all letters
  constexpr double kInk = 0.45;   // of a letter's dots
  const int letter = column / kLetterDots;
  const int line = row / kRowDots;
  if (column % kLetterDots == kLetterDots - 1 || row % kRowDots >= kRowDots - 2) return false;
  if (Hash(seed ^ 0x9a9, letter, line) < kGaps) return false;
  return Hash(seed, column, row) < kInk;
}

void DrawOccluder(double width, double way, uint64_t seed, Picture& picture) {
  constexpr double kEdge = 0.06;  // of its width, out of focus as near things are
  constexpr int kGrain = 6;       // px
  const int frame_width = picture.y.width();
  const double own_width = width * frame_width;
  const double left = (frame_width + own_width) * way - own_width;
  const double edge = std::max(1.0, kEdge * own_width);
  const int first = std::max(0, static_cast<int>(std::ceil(left)));
  const int last = std::min(frame_width - 1, static_cast<int>(std::floor(left + own_width)));
  for (int x = first; x <= last; ++x) {
    const double inside = std::min(x - left, left + own_width - x);
    const double opacity = std::clamp(inside / edge, 0.0, 1.0);
    const double light = inside / own_width;  // rounder towards the middle
    for (int y = 0; y < picture.y.height(); ++y) {
      const double grain = Hash(seed, static_cast<int>(x - left) / kGrain, y / kGrain);
      Paint(x, y, 24 + 50 * light + 14 * grain, opacity, picture);
    }
  }
}

void DrawTitle(double opacity, uint64_t seed, Picture& picture) {
  constexpr int kRows = 2;
  const int width = picture.y.width();
  const int height = picture.y.height();
  const int dot = std::max(1, height / 72);  // px
  const int left = width / 6;
  const int top = height / 2 - kRows * kRowDots * dot / 2;
  for (int y = 0; y < kRows * kRowDots * dot && top + y < height; ++y) {
    for (int x = 0; x < width - 2 * left; ++x) {
      if (HasInk(seed, x / dot, y / dot)) Paint(left + x, top + y, kWhiteLuma, opacity, picture);
    }
  }
}

void DrawInset(Picture& inset, Picture& picture) {
  const int left = (picture.y.width() - inset.y.width() - picture.y.width() / 25) & ~1;
  const int top = (picture.y.height() / 25) & ~1;
  for (size_t i = 0; i < 3; ++i) {
    const image::Plane<uint8_t>& from = *Planes(inset)[i];
    image::Plane<uint8_t>& to = *Planes(picture)[i];
    const int shift = i == 0 ? 0 : 1;
    for (int y = 0; y < from.height(); ++y) {
      std::copy_n(from.row(y), from.width(), to.row((top >> shift) + y) + (left >> shift));
    }
  }
  for (int y = 0; y < inset.y.height(); ++y) {
    for (int x = 0; x < inset.y.width(); ++x) {
      const bool rim = x == 0 || y == 0 || x + 1 == inset.y.width() || y + 1 == inset.y.height();
      if (rim) Paint(left + x, top + y, kWhiteLuma, 1, picture);
    }
  }
}

}  // namespace reelbatch::reel
