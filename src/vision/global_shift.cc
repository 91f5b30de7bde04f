#include "vision/global_shift.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace reelbatch::vision {
namespace {

int64_t Product(const uint8_t* a, const uint8_t* b, int count) {
  int32_t sum = 0;  // 255 * 255 * 33000 samples fit
  for (int i = 0; i < count; ++i) sum += int32_t{a[i]} * int32_t{b[i]};
  return sum;
}

}  // namespace

void GlobalShift::Sums::Build(image::ImageView<uint8_t> plane) {
  const auto stride = static_cast<size_t>(plane.width) + 1;
  const size_t size = stride * (static_cast<size_t>(plane.height) + 1);
  first.assign(size, 0);
  second.assign(size, 0);
  for (int y = 0; y < plane.height; ++y) {
    const uint8_t* row = plane.row(y);
    const size_t above = stride * static_cast<size_t>(y);
    int64_t levels = 0;
    int64_t squares = 0;
    for (size_t x = 0; x + 1 < stride; ++x) {
      levels += row[x];
      squares += int64_t{row[x]} * row[x];
      first[above + stride + x + 1] = first[above + x + 1] + levels;
      second[above + stride + x + 1] = second[above + x + 1] + squares;
    }
  }
}

double GlobalShift::Total(const std::vector<int64_t>& sums, int stride, Box box) {
  const auto at = [&](int x, int y) {
    return sums[static_cast<size_t>(y) * static_cast<size_t>(stride) + static_cast<size_t>(x)];
  };
  return static_cast<double>(at(box.x + box.width, box.y + box.height) -
                             at(box.x, box.y + box.height) - at(box.x + box.width, box.y) +
                             at(box.x, box.y));
}

float GlobalShift::Correlate(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b,
                             float least_overlap, float noise) {
  a_.Build(a);
  b_.Build(b);
  const int stride = a.width + 1;
  const double least_area = static_cast<double>(least_overlap) * a.width * a.height;
  const double floor = static_cast<double>(noise) * noise;
  double best = -1;
  for (int dy = 1 - a.height; dy < a.height; ++dy) {
    const int height = a.height - std::abs(dy);
    if (height * a.width < least_area) continue;
    for (int dx = 1 - a.width; dx < a.width; ++dx) {
      const int width = a.width - std::abs(dx);
      if (static_cast<double>(width) * height < least_area) continue;
      const Box in_a{.x = std::max(0, dx), .y = std::max(0, dy), .width = width, .height = height};
      const Box in_b{
          .x = std::max(0, -dx), .y = std::max(0, -dy), .width = width, .height = height};
      int64_t product = 0;
      for (int y = 0; y < height; ++y) {
        product += Product(a.row(in_a.y + y) + in_a.x, b.row(in_b.y + y) + in_b.x, width);
      }
      const double area = static_cast<double>(width) * height;
      const double mean_a = Total(a_.first, stride, in_a) / area;
      const double mean_b = Total(b_.first, stride, in_b) / area;
      const double variance_a = Total(a_.second, stride, in_a) / area - mean_a * mean_a;
      const double variance_b = Total(b_.second, stride, in_b) / area - mean_b * mean_b;
      const double covariance = static_cast<double>(product) / area - mean_a * mean_b;
      best = std::max(best, covariance / std::sqrt((variance_a + floor) * (variance_b + floor)));
    }
  }
  return static_cast<float>(best);
}

}  // namespace reelbatch::vision
