#include "vision/area_axis.h"

#include <algorithm>
#include <numeric>

namespace reelbatch::vision {

void AreaAxis::Build(int source_size, int target_size) {
  if (source == source_size && target == target_size) return;
  source = source_size;
  target = target_size;
  const int divisor = std::gcd(source, target);
  const int64_t sample = target / divisor;
  const int64_t cell = source / divisor;
  total = static_cast<int>(cell);
  first.clear();
  count.clear();
  for (int64_t i = 0; i < target; ++i) {
    const int64_t begin = i * source / target;
    const int64_t last = ((i + 1) * source - 1) / target;
    first.push_back(static_cast<int>(begin));
    count.push_back(static_cast<int>(last - begin + 1));
  }
  const int most = *std::ranges::max_element(count);
  taps = most <= 4 ? 4 : (most + 7) / 8 * 8;
  const size_t whole = (static_cast<size_t>(target) + kGroup - 1) / kGroup * kGroup;
  first.resize(whole, first.back());
  weights.assign(whole * static_cast<size_t>(taps), 0);
  for (int64_t i = 0; i < target; ++i) {
    int16_t* const weight = weights.data() + i * taps;
    const auto at = static_cast<size_t>(i);
    for (int k = 0; k < count[at]; ++k) {
      const int64_t s = first[at] + k;
      const int64_t end = std::min((i + 1) * cell, (s + 1) * sample);
      weight[k] = static_cast<int16_t>(end - std::max(i * cell, s * sample));
    }
  }
}

}  // namespace reelbatch::vision
