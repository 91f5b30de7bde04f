#include "vision/polynomial_expansion.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::vision {
namespace {

constexpr double kSigma = 1.2;

void RepeatEdges(std::vector<float>& padded, int radius, int width) {
  float* const row = padded.data() + radius;
  std::fill_n(padded.data(), radius, row[0]);
  std::fill_n(row + width, radius, row[width - 1]);
}

}  // namespace

// The Gram matrix of {1, x, y, x^2, y^2, xy} under the weights is diagonal but for the block
// {1, x^2, y^2}. With the second moment m2 and the fourth m4 of the weights in one dimension that
// block reads {1 m2 m2; m2 m4 m2^2; m2 m2^2 m4}, so x^2's row of the inverse is {-m2, 1, 0} / (m4 -
// m2^2).
PolynomialExpansion::PolynomialExpansion() {
  std::array<double, kRadius + 1> weight{};
  double sum = 0;
  for (int k = 0; k <= kRadius; ++k) {
    weight[static_cast<size_t>(k)] = std::exp(-k * k / (2 * kSigma * kSigma));
    sum += (k == 0 ? 1 : 2) * weight[static_cast<size_t>(k)];
  }
  double m2 = 0;
  double m4 = 0;
  for (int k = 1; k <= kRadius; ++k) {
    weight[static_cast<size_t>(k)] /= sum;
    const double square = static_cast<double>(k) * k;
    m2 += 2 * weight[static_cast<size_t>(k)] * square;
    m4 += 2 * weight[static_cast<size_t>(k)] * square * square;
  }
  weight[0] /= sum;
  for (int k = 0; k <= kRadius; ++k) {
    const auto i = static_cast<size_t>(k);
    smooth_[i] = static_cast<float>(weight[i]);
    slope_[i] = static_cast<float>(k * weight[i]);
    curve_[i] = static_cast<float>(weight[i] * (k * k - m2) / (m4 - m2 * m2));
    smooth_linear_[i] = static_cast<float>(weight[i] / m2);
    slope_linear_[i] = static_cast<float>(k * weight[i] / m2);
    slope_mixed_[i] = static_cast<float>(k * weight[i] / (m2 * m2));
  }
}

void PolynomialExpansion::FilterColumns(image::ImageView<float> in, int y) {
  std::array<const float*, kRadius + 1> above{};
  std::array<const float*, kRadius + 1> below{};
  for (int k = 0; k <= kRadius; ++k) {
    above[static_cast<size_t>(k)] = in.row(std::max(y - k, 0));
    below[static_cast<size_t>(k)] = in.row(std::min(y + k, in.height - 1));
  }
  float* __restrict const smooth = smooth_row_.data() + kRadius;
  float* __restrict const slope = slope_row_.data() + kRadius;
  float* __restrict const curve = curve_row_.data() + kRadius;
  const Taps smooth_taps = smooth_;
  const Taps slope_taps = slope_;
  const Taps curve_taps = curve_;
  for (int x = 0; x < in.width; ++x) {
    float smooth_sum = smooth_taps[0] * above[0][x];
    float curve_sum = curve_taps[0] * above[0][x];
    float slope_sum = 0;
    for (size_t k = 1; k <= kRadius; ++k) {
      const float both = above[k][x] + below[k][x];
      smooth_sum += smooth_taps[k] * both;
      curve_sum += curve_taps[k] * both;
      slope_sum += slope_taps[k] * (below[k][x] - above[k][x]);
    }
    smooth[x] = smooth_sum;
    slope[x] = slope_sum;
    curve[x] = curve_sum;
  }
}

void PolynomialExpansion::FilterRow(int width, float* __restrict packed,
                                    float* __restrict xy) const {
  const float* const smooth = smooth_row_.data() + kRadius;
  const float* const slope = slope_row_.data() + kRadius;
  const float* const curve = curve_row_.data() + kRadius;
  const Taps smooth_taps = smooth_;
  const Taps curve_taps = curve_;
  const Taps smooth_linear = smooth_linear_;
  const Taps slope_linear = slope_linear_;
  const Taps slope_mixed = slope_mixed_;
  for (int x = 0; x < width; ++x) {
    float linear_x = 0;
    float linear_y = smooth_linear[0] * slope[x];
    float square_x = curve_taps[0] * smooth[x];
    float square_y = smooth_taps[0] * curve[x];
    float mixed = 0;
    for (int k = 1; k <= kRadius; ++k) {
      const auto i = static_cast<size_t>(k);
      linear_x += slope_linear[i] * (smooth[x + k] - smooth[x - k]);
      square_x += curve_taps[i] * (smooth[x + k] + smooth[x - k]);
      linear_y += smooth_linear[i] * (slope[x + k] + slope[x - k]);
      mixed += slope_mixed[i] * (slope[x + k] - slope[x - k]);
      square_y += smooth_taps[i] * (curve[x + k] + curve[x - k]);
    }
    packed[x * Expansion::kPacked + Expansion::kX] = linear_x;
    packed[x * Expansion::kPacked + Expansion::kY] = linear_y;
    packed[x * Expansion::kPacked + Expansion::kXX] = square_x;
    packed[x * Expansion::kPacked + Expansion::kYY] = square_y;
    xy[x] = mixed;
  }
}

void PolynomialExpansion::operator()(image::ImageView<float> in, Expansion& out) {
  out.Reset(in.width, in.height);
  const size_t padded = static_cast<size_t>(in.width) + size_t{2} * kRadius;
  for (auto* row : {&smooth_row_, &slope_row_, &curve_row_}) row->resize(padded);
  for (int y = 0; y < in.height; ++y) {
    FilterColumns(in, y);
    for (auto* row : {&smooth_row_, &slope_row_, &curve_row_}) RepeatEdges(*row, kRadius, in.width);
    FilterRow(in.width, out.packed.row(y), out.xy.row(y));
  }
}

}  // namespace reelbatch::vision
