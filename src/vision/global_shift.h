#pragma once

#include <cstdint>
#include <vector>

#include "image/plane.h"

namespace reelbatch::vision {

/// How well one picture lies on another after one shift of the whole: the largest normalised
/// correlation over all shifts that leave at least `least_overlap` of the area in common. For
/// coarse planes, where blur, grain and small movements are gone. Indifferent to gain and offset.
/// Threads: one object per thread. Buffers are kept between calls.
class GlobalShift {
 public:
  /// -1..1; planes of one size. `noise` is the deviation, in levels, that counts as nothing: two
  /// flat planes correlate at 0.
  float Correlate(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, float least_overlap,
                  float noise);

 private:
  // Sums over [0, x) x [0, y): (width + 1) x (height + 1) entries.
  struct Sums {
    std::vector<int64_t> first;
    std::vector<int64_t> second;
    void Build(image::ImageView<uint8_t> plane);
  };
  struct Box {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
  };
  static double Total(const std::vector<int64_t>& sums, int stride, Box box);

  Sums a_;
  Sums b_;
};

}  // namespace reelbatch::vision
