#pragma once

#include <array>
#include <vector>

#include "image/plane.h"

namespace reelbatch::vision {

/// The quadratic that fits best around each sample:
/// f(x, y) ~ c + x * kX + y * kY + x^2 * kXX + y^2 * kYY + x * y * kXY.
class Expansion {
 public:
  enum Term : uint8_t { kX, kY, kXX, kYY, kXY, kTerms };

  /// Spare rows, one above and two below, let vectors be read whole of which one lane lies inside.
  void Reset(int width, int height) {
    constexpr int kSamples = image::kRowAlignment / sizeof(float);
    term_stride_ = (width + kSamples - 1) / kSamples * kSamples;
    samples_.Reset(term_stride_ * kTerms, height + 3);
  }

  /// The terms of one row of samples follow each other, term_stride() apart.
  float* row(int y) { return samples_.row(y + 1); }
  const float* row(int y) const { return samples_.row(y + 1); }
  int term_stride() const { return term_stride_; }
  ptrdiff_t row_stride() const { return samples_.stride(); }

 private:
  image::Plane<float> samples_;
  int term_stride_ = 0;
};

/// The separable filters that an expansion consists of; index k is the weight k samples away.
struct ExpansionFilters {
  static constexpr int kRadius = 5;
  using Taps = std::array<float, kRadius + 1>;
  Taps smooth{};         // symmetric: weight
  Taps slope{};          // antisymmetric: x * weight
  Taps curve{};          // symmetric: (x^2 - m2) * weight, times the inverse of the x^2 entry
  Taps smooth_linear{};  // smooth and slope, times the inverse of the x and y entries
  Taps slope_linear{};
  Taps slope_mixed{};  // slope times the inverse of the xy entry

  static ExpansionFilters Make();
};

/// Polynomial expansion by separable filters over 11 x 11 samples with Gaussian weights of
/// sigma 1.2 (poly_n 5, poly_sigma 1.2), the edge repeated outside. Source: G. Farneback,
/// "Two-frame motion estimation based on polynomial expansion", SCIA 2003. Equal to the scalar
/// reference ExpandRef in every bit, for every target. Of both planes the rows' padding is used as
/// well. Threads: one object per thread.
class PolynomialExpansion {
 public:
  void operator()(const image::Plane<float>& in, Expansion& out);

 private:
  ExpansionFilters filters_ = ExpansionFilters::Make();
  image::Plane<float> rows_;  // scratch: column-filtered rows
};

}  // namespace reelbatch::vision
