#include "vision/linear_resample.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::vision {
namespace {

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

template <class T>
void AddRow(const T* __restrict in, float weight, int width, float* __restrict sums) {
  for (int x = 0; x < width; ++x) sums[x] += weight * static_cast<float>(in[x]);
}

}  // namespace

AxisFilter MakeBlurAndResize(int source, int target, std::span<const double> kernel) {
  AxisFilter filter{.source = source, .target = target, .taps = 1, .first = {}, .weights = {}};
  const auto is_set = [](double weight) { return weight != 0; };
  std::vector<double> dense(static_cast<size_t>(source));
  for (int i = 0; i < target; ++i) {
    Spread(source, target, i, kernel, dense);
    const auto first = std::ranges::find_if(dense, is_set);
    const auto end = std::find_if(dense.rbegin(), dense.rend(), is_set).base();
    filter.first.push_back(static_cast<int>(first - dense.begin()));
    filter.taps = std::max(filter.taps, static_cast<int>(end - first));
  }
  for (int i = 0; i < target; ++i) {
    int& first = filter.first[static_cast<size_t>(i)];
    first = std::min(first, source - filter.taps);
    Spread(source, target, i, kernel, dense);
    const double* const weights = dense.data() + first;
    for (int k = 0; k < filter.taps; ++k) filter.weights.push_back(static_cast<float>(weights[k]));
  }
  return filter;
}

template <class T>
void ResampleLinear(image::ImageView<T> in, const AxisFilter& columns, const AxisFilter& rows,
                    float gain, std::vector<float>& row, image::Plane<float>& out) {
  out.Reset(columns.target, rows.target);
  row.resize(static_cast<size_t>(in.width));
  for (int y = 0; y < rows.target; ++y) {
    std::ranges::fill(row, 0.0F);
    const float* const row_weights = rows.weights.data() + ptrdiff_t{y} * rows.taps;
    for (int k = 0; k < rows.taps; ++k) {
      AddRow(in.row(rows.first[static_cast<size_t>(y)] + k), row_weights[k] * gain, in.width,
             row.data());
    }
    float* const target = out.row(y);
    const float* weights = columns.weights.data();
    for (int x = 0; x < columns.target; ++x, weights += columns.taps) {
      const float* const source = row.data() + columns.first[static_cast<size_t>(x)];
      float sum = 0;
      for (int k = 0; k < columns.taps; ++k) sum += weights[k] * source[k];
      target[x] = sum;
    }
  }
}

template void ResampleLinear(image::ImageView<uint8_t>, const AxisFilter&, const AxisFilter&, float,
                             std::vector<float>&, image::Plane<float>&);
template void ResampleLinear(image::ImageView<float>, const AxisFilter&, const AxisFilter&, float,
                             std::vector<float>&, image::Plane<float>&);

}  // namespace reelbatch::vision
