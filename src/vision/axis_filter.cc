#include <algorithm>
#include <cmath>

#include "vision/linear_resample.h"

namespace reelbatch::vision {
namespace {

constexpr ptrdiff_t kPaddedTo = 16;  // samples in the widest vector

int Mirror(int index, int size) {
  if (size == 1) return 0;
  while (index < 0 || index >= size) index = index < 0 ? -index : 2 * (size - 1) - index;
  return index;
}

// The weights of one target sample on every source sample.
void Spread(int source, int target, int i, std::span<const double> kernel,
            std::vector<double>& dense) {
  std::ranges::fill(dense, 0.0);
  const double position = (i + 0.5) * source / target - 0.5;
  const int left = std::clamp(static_cast<int>(std::floor(position)), 0, source - 1);
  const double part = left < source - 1 ? std::max(0.0, position - left) : 0.0;
  int tap = left - static_cast<int>(kernel.size() / 2);
  for (const double weight : kernel) {
    const int here = Mirror(tap, source);
    const int right = Mirror(++tap, source);
    dense[static_cast<size_t>(here)] += weight * (1 - part);
    if (part > 0) dense[static_cast<size_t>(right)] += weight * part;
  }
}

}  // namespace

AxisFilter MakeBlurAndResize(int source, int target, std::span<const double> kernel) {
  AxisFilter filter{.source = source,
                    .target = target,
                    .taps = 1,
                    .stride = (target + kPaddedTo - 1) / kPaddedTo * kPaddedTo,
                    .first = {},
                    .weights = {}};
  const auto is_set = [](double weight) { return weight != 0; };
  std::vector<double> dense(static_cast<size_t>(source));
  std::vector<int> ends;
  for (int i = 0; i < target; ++i) {
    Spread(source, target, i, kernel, dense);
    filter.first.push_back(static_cast<int>(std::ranges::find_if(dense, is_set) - dense.begin()));
    ends.push_back(static_cast<int>(std::find_if(dense.rbegin(), dense.rend(), is_set).base() -
                                    dense.begin()));
  }
  // Mirroring at the right edge may reach further left than the target before it did.
  for (auto i = filter.first.size() - 1; i-- > 0;) {
    filter.first[i] = std::min(filter.first[i], filter.first[i + 1]);
  }
  for (size_t i = 0; i < ends.size(); ++i) {
    filter.taps = std::max(filter.taps, ends[i] - filter.first[i]);
  }
  for (int& first : filter.first) first = std::min(first, source - filter.taps);
  filter.first.resize(static_cast<size_t>(filter.stride), filter.first.back());
  filter.weights.resize(static_cast<size_t>(filter.taps * filter.stride));
  for (int i = 0; i < target; ++i) {
    Spread(source, target, i, kernel, dense);
    const double* const weights = dense.data() + filter.first[static_cast<size_t>(i)];
    for (int k = 0; k < filter.taps; ++k) {
      filter.weights[static_cast<size_t>(k * filter.stride + i)] = static_cast<float>(weights[k]);
    }
  }
  return filter;
}

}  // namespace reelbatch::vision
