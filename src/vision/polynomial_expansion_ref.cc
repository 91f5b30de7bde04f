#include "vision/polynomial_expansion_ref.h"

#include <algorithm>

namespace reelbatch::vision {
namespace {

constexpr int kRefRadius = ExpansionFilters::kRadius;

// Column-filtered rows, kRefRadius samples of edge at both ends.
struct Rows {
  float* smooth;
  float* slope;
  float* curve;
};

void FilterColumns(const image::Plane<float>& in, int y, const ExpansionFilters& taps, Rows out) {
  for (int x = 0; x < in.width(); ++x) {
    const float centre = in.row(y)[x];
    float smooth = taps.smooth[0] * centre;
    float curve = taps.curve[0] * centre;
    float slope = 0;
    for (int k = 1; k <= kRefRadius; ++k) {
      const auto i = static_cast<size_t>(k);
      const float above = in.row(std::max(y - k, 0))[x];
      const float below = in.row(std::min(y + k, in.height() - 1))[x];
      smooth += taps.smooth[i] * (above + below);
      curve += taps.curve[i] * (above + below);
      slope += taps.slope[i] * (below - above);
    }
    out.smooth[x] = smooth;
    out.slope[x] = slope;
    out.curve[x] = curve;
  }
  for (float* const row : {out.smooth, out.slope, out.curve}) {
    std::fill_n(row - kRefRadius, kRefRadius, row[0]);
    std::fill_n(row + in.width(), kRefRadius, row[in.width() - 1]);
  }
}

void FilterRow(Rows rows, int width, const ExpansionFilters& taps, ptrdiff_t term_stride,
               float* out) {
  const auto [smooth, slope, curve] = rows;
  for (int x = 0; x < width; ++x) {
    float linear_x = 0;
    float linear_y = taps.smooth_linear[0] * slope[x];
    float square_x = taps.curve[0] * smooth[x];
    float square_y = taps.smooth[0] * curve[x];
    float mixed = 0;
    for (int k = 1; k <= kRefRadius; ++k) {
      const auto i = static_cast<size_t>(k);
      linear_x += taps.slope_linear[i] * (smooth[x + k] - smooth[x - k]);
      square_x += taps.curve[i] * (smooth[x + k] + smooth[x - k]);
      linear_y += taps.smooth_linear[i] * (slope[x + k] + slope[x - k]);
      mixed += taps.slope_mixed[i] * (slope[x + k] - slope[x - k]);
      square_y += taps.smooth[i] * (curve[x + k] + curve[x - k]);
    }
    out[Expansion::kX * term_stride + x] = linear_x;
    out[Expansion::kY * term_stride + x] = linear_y;
    out[Expansion::kXX * term_stride + x] = square_x;
    out[Expansion::kYY * term_stride + x] = square_y;
    out[Expansion::kXY * term_stride + x] = mixed;
  }
}

}  // namespace

void ExpandRef(const image::Plane<float>& in, const ExpansionFilters& filters,
               image::Plane<float>& rows, Expansion& out) {
  out.Reset(in.width(), in.height());
  rows.Reset(in.width() + 2 * kRefRadius, 3);
  const Rows filtered{.smooth = rows.row(0) + kRefRadius,
                      .slope = rows.row(1) + kRefRadius,
                      .curve = rows.row(2) + kRefRadius};
  for (int y = 0; y < in.height(); ++y) {
    FilterColumns(in, y, filters, filtered);
    FilterRow(filtered, in.width(), filters, out.term_stride(), out.row(y));
  }
}

}  // namespace reelbatch::vision
