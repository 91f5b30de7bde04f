#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "image/plane.h"

namespace reelbatch::vision {

/// C1 and C2 of the quotient that is taken times n^2 and n * (n - 1), n being a window's samples.
struct SsimConstants {
  float c1 = 0;
  float c2 = 0;
};
SsimConstants SsimConstantsOf(int window, double range);

/// Scores are added up as integers of 2^-22, so that no order of addition changes the sum. A float
/// of -1..1 plus 3 lies in 2..4, where the last bit of a float is 2^-22: the bits above those of 3
/// are the score, rounded to nearest.
inline constexpr float kScoreBase = 3.0F;
inline constexpr int32_t kScoreBaseBits = std::bit_cast<int32_t>(kScoreBase);
inline constexpr int64_t kScoreOne = 1 << 22;

/// The scalar reference of Ssim.   Buffers are kept between calls.
class SsimRef {
 public:
  /// Sum over all positions of a `window` x `window` window (1, 3, 5 or 7), in units of kScoreOne.
  int64_t Sum(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, int window,
              SsimConstants constants);

 private:
  // Sums over the window's rows, one per column, and over the whole window, one per position.
  struct Sums {
    std::vector<int16_t> a;  // <= 49 * 255
    std::vector<int16_t> b;
    std::vector<int32_t> squares;  // a * a + b * b
    std::vector<int32_t> product;  // a * b
    void Resize(size_t size);
  };
  template <int kWindow>
  int64_t Sum(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, SsimConstants constants);
  template <int kWindow>
  void SumWindows(int count);
  template <int kWindow>
  int64_t SumScores(int count, SsimConstants constants);

  Sums columns_;
  Sums windows_;
};

}  // namespace reelbatch::vision
