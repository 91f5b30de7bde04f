#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/polynomial_expansion.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/highway.h>

#include <algorithm>
#include <array>

#include "vision/polynomial_expansion.h"
#include "vision/polynomial_expansion_ref.h"
#include "vision/simd.h"

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr int kRadius = ExpansionFilters::kRadius;
constexpr int kPad = 16;  // samples in the widest vector: before and after a row of scratch

// Products and sums stay apart, in the order of the scalar reference: that is what makes every
// target's samples the same.
HWY_INLINE V Plus(D d, V sum, float weight, V samples) {
  return hn::Add(sum, hn::Mul(hn::Set(d, weight), samples));
}

void FilterColumns(const image::Plane<float>& in, int y, const ExpansionFilters& taps,
                   float* HWY_RESTRICT smooth_row, float* HWY_RESTRICT slope_row,
                   float* HWY_RESTRICT curve_row) {
  const D d;
  std::array<const float*, kRadius + 1> above{};
  std::array<const float*, kRadius + 1> below{};
  for (int k = 0; k <= kRadius; ++k) {
    above[static_cast<size_t>(k)] = in.row(std::max(y - k, 0));
    below[static_cast<size_t>(k)] = in.row(std::min(y + k, in.height() - 1));
  }
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int x = 0; x < in.width(); x += lanes) {
    const V centre = hn::Load(d, above[0] + x);
    V smooth = hn::Mul(hn::Set(d, taps.smooth[0]), centre);
    V curve = hn::Mul(hn::Set(d, taps.curve[0]), centre);
    V slope = hn::Zero(d);
    for (size_t k = 1; k <= kRadius; ++k) {
      const V up = hn::Load(d, above[k] + x);
      const V down = hn::Load(d, below[k] + x);
      const V both = hn::Add(up, down);
      smooth = Plus(d, smooth, taps.smooth[k], both);
      curve = Plus(d, curve, taps.curve[k], both);
      slope = Plus(d, slope, taps.slope[k], hn::Sub(down, up));
    }
    hn::Store(smooth, d, smooth_row + x);
    hn::Store(slope, d, slope_row + x);
    hn::Store(curve, d, curve_row + x);
  }
  for (float* const row : {smooth_row, slope_row, curve_row}) {
    std::fill_n(row - kRadius, kRadius, row[0]);
    std::fill_n(row + in.width(), kRadius, row[in.width() - 1]);
  }
}

void FilterRow(const float* HWY_RESTRICT smooth, const float* HWY_RESTRICT slope,
               const float* HWY_RESTRICT curve, int width, const ExpansionFilters& taps,
               ptrdiff_t term_stride, float* HWY_RESTRICT out) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int x = 0; x < width; x += lanes) {
    V linear_x = hn::Zero(d);
    V linear_y = hn::Mul(hn::Set(d, taps.smooth_linear[0]), hn::Load(d, slope + x));
    V square_x = hn::Mul(hn::Set(d, taps.curve[0]), hn::Load(d, smooth + x));
    V square_y = hn::Mul(hn::Set(d, taps.smooth[0]), hn::Load(d, curve + x));
    V mixed = hn::Zero(d);
    for (int k = 1; k <= kRadius; ++k) {
      const auto i = static_cast<size_t>(k);
      const V smooth_right = hn::LoadU(d, smooth + x + k);
      const V smooth_left = hn::LoadU(d, smooth + x - k);
      const V slope_right = hn::LoadU(d, slope + x + k);
      const V slope_left = hn::LoadU(d, slope + x - k);
      const V curves = hn::Add(hn::LoadU(d, curve + x + k), hn::LoadU(d, curve + x - k));
      linear_x = Plus(d, linear_x, taps.slope_linear[i], hn::Sub(smooth_right, smooth_left));
      square_x = Plus(d, square_x, taps.curve[i], hn::Add(smooth_right, smooth_left));
      linear_y = Plus(d, linear_y, taps.smooth_linear[i], hn::Add(slope_right, slope_left));
      mixed = Plus(d, mixed, taps.slope_mixed[i], hn::Sub(slope_right, slope_left));
      square_y = Plus(d, square_y, taps.smooth[i], curves);
    }
    hn::Store(linear_x, d, out + Expansion::kX * term_stride + x);
    hn::Store(linear_y, d, out + Expansion::kY * term_stride + x);
    hn::Store(square_x, d, out + Expansion::kXX * term_stride + x);
    hn::Store(square_y, d, out + Expansion::kYY * term_stride + x);
    hn::Store(mixed, d, out + Expansion::kXY * term_stride + x);
  }
}

void Expand(const image::Plane<float>& in, const ExpansionFilters& filters,
            image::Plane<float>& rows, Expansion& out) {
  float* const smooth = rows.row(0) + kPad;
  float* const slope = rows.row(1) + kPad;
  float* const curve = rows.row(2) + kPad;
  for (int y = 0; y < in.height(); ++y) {
    FilterColumns(in, y, filters, smooth, slope, curve);
    FilterRow(smooth, slope, curve, in.width(), filters, out.term_stride(), out.row(y));
  }
}

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {

HWY_EXPORT(Expand);

void PolynomialExpansion::operator()(const image::Plane<float>& in, Expansion& out) {
  if (SimdIsScalar()) return ExpandRef(in, filters_, rows_, out);
  constexpr int kAround = 32;  // a vector before a row, a vector and the radius after its padding
  out.Reset(in.width(), in.height());
  rows_.Reset(out.term_stride() + kAround, 3);
  HWY_DYNAMIC_DISPATCH(Expand)(in, filters_, rows_, out);
}

}  // namespace reelbatch::vision
#endif  // HWY_ONCE
