#include <cmath>

#include "vision/polynomial_expansion.h"

namespace reelbatch::vision {

// The Gram matrix of {1, x, y, x^2, y^2, xy} under the weights is diagonal but for the block
// {1, x^2, y^2}. With the second moment m2 and the fourth m4 of the weights in one dimension that
// block reads {1 m2 m2; m2 m4 m2^2; m2 m2^2 m4}, so x^2's row of the inverse is {-m2, 1, 0} / (m4 -
// m2^2).
ExpansionFilters ExpansionFilters::Make() {
  constexpr double kSigma = 1.2;
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
  ExpansionFilters filters;
  for (int k = 0; k <= kRadius; ++k) {
    const auto i = static_cast<size_t>(k);
    filters.smooth[i] = static_cast<float>(weight[i]);
    filters.slope[i] = static_cast<float>(k * weight[i]);
    filters.curve[i] = static_cast<float>(weight[i] * (k * k - m2) / (m4 - m2 * m2));
    filters.smooth_linear[i] = static_cast<float>(weight[i] / m2);
    filters.slope_linear[i] = static_cast<float>(k * weight[i] / m2);
    filters.slope_mixed[i] = static_cast<float>(k * weight[i] / (m2 * m2));
  }
  return filters;
}

}  // namespace reelbatch::vision
