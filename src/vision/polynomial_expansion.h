#pragma once

#include <array>
#include <vector>

#include "image/plane.h"

namespace reelbatch::vision {

/// The quadratic that fits best around each sample:
/// f(x, y) ~ c + x * kX + y * kY + x^2 * kXX + y^2 * kYY + x * y * xy.
struct Expansion {
  static constexpr int kPacked = 4;
  enum Term : uint8_t { kX, kY, kXX, kYY };
  /// kPacked terms per sample, side by side, since the flow reads them together: width * kPacked.
  image::Plane<float> packed;
  image::Plane<float> xy;

  void Reset(int width, int height) {
    packed.Reset(width * kPacked, height);
    xy.Reset(width, height);
  }
};

/// Polynomial expansion by separable filters over 11 x 11 samples with Gaussian weights of
/// sigma 1.2 (poly_n 5, poly_sigma 1.2), the edge repeated outside. Source: G. Farneback,
/// "Two-frame motion estimation based on polynomial expansion", SCIA 2003.
class PolynomialExpansion {
 public:
  PolynomialExpansion();
  void operator()(image::ImageView<float> in, Expansion& out);

 private:
  static constexpr int kRadius = 5;
  using Taps = std::array<float, kRadius + 1>;

  void FilterColumns(image::ImageView<float> in, int y);
  void FilterRow(int width, float* packed, float* xy) const;

  Taps smooth_{};         // symmetric: weight
  Taps slope_{};          // antisymmetric: x * weight
  Taps curve_{};          // symmetric: (x^2 - m2) * weight, times the inverse of the x^2 entry
  Taps smooth_linear_{};  // smooth_ and slope_, times the inverse of the x and y entries
  Taps slope_linear_{};
  Taps slope_mixed_{};             // slope_ times the inverse of the xy entry
  std::vector<float> smooth_row_;  // column-filtered rows, kRadius samples of edge at both ends
  std::vector<float> slope_row_;
  std::vector<float> curve_row_;
};

}  // namespace reelbatch::vision
