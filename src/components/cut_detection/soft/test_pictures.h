#pragma once

#include <cmath>
#include <cstdint>

#include "components/cut_detection/soft/coarse_frame.h"

namespace reelbatch::components::soft {

/// A made-up coarse frame, 40 x 22: texture that depends on `shot`, moved by dx, grey chroma.
inline CoarseFrame MakeShot(int shot, int dx = 0) {
  CoarseFrame frame;
  frame.width = 40;
  frame.height = 22;
  frame.samples = 40 * 22 * 3 / 2;
  frame.levels.fill(128);
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      auto bits = static_cast<uint32_t>((x + dx) / 3) * 73856093U ^
                  static_cast<uint32_t>(y / 3) * 19349663U ^
                  static_cast<uint32_t>(shot) * 83492791U;
      bits = (bits ^ (bits >> 15)) * 2246822519U;
      bits = (bits ^ (bits >> 13)) * 3266489917U;
      frame.at(x, y) = static_cast<uint8_t>(20 + bits % 200);
    }
  }
  return frame;
}

/// `a` and `b` at shares 1 - alpha and alpha.
inline CoarseFrame Mix(const CoarseFrame& a, const CoarseFrame& b, double alpha) {
  CoarseFrame mixed = a;
  for (size_t i = 0; i < a.samples; ++i) {
    mixed.levels[i] =
        static_cast<uint8_t>(std::lround((1 - alpha) * a.levels[i] + alpha * b.levels[i]));
  }
  return mixed;
}

/// `b` to the left of column `front`, `a` from there on.
inline CoarseFrame Wiped(const CoarseFrame& a, const CoarseFrame& b, double front) {
  CoarseFrame mixed = a;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width && x < front; ++x) {
      mixed.at(x, y) = b.at(x, y);
    }
  }
  return mixed;
}

/// Stands for the activity of blocks: mean difference of neighbouring samples.
inline float ActivityOf(const CoarseFrame& frame) {
  float sum = 0;
  const size_t samples = static_cast<size_t>(frame.width) * static_cast<size_t>(frame.height);
  for (size_t i = 1; i < samples; ++i) {
    sum += std::abs(static_cast<float>(frame.levels[i]) - static_cast<float>(frame.levels[i - 1]));
  }
  return sum / static_cast<float>(samples);
}

}  // namespace reelbatch::components::soft
