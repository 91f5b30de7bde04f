#include "components/cut_detection/local_threshold.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reelbatch::components {
namespace {

constexpr size_t kSide = 12;
constexpr float kDeviations = 3.0F;
constexpr float kMadToDeviation = 1.4826F;

float Median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::vector<float> LocalThresholds(std::span<const float> values, float floor) {
  std::vector<float> thresholds(values.size(), std::numeric_limits<float>::quiet_NaN());
  std::vector<float> near;
  near.reserve(2 * kSide);
  for (size_t i = 0; i < values.size(); ++i) {
    near.clear();
    const size_t from = i - std::min(i, kSide);
    const size_t to = std::min(i + kSide + 1, values.size());
    for (size_t j = from; j < to; ++j) {
      if (j != i && !std::isnan(values[j])) near.push_back(values[j]);
    }
    if (near.empty()) continue;
    const float median = Median(near);
    for (float& value : near) value = std::abs(value - median);
    thresholds[i] = median + std::max(floor, kDeviations * kMadToDeviation * Median(near));
  }
  return thresholds;
}

}  // namespace reelbatch::components
