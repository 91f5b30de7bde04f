#include "vision/luma_ref.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::vision {
namespace {

// Target sample i of a row or column, in units where a source sample is `target` long and a target
// sample `source` long.
struct Span {
  int64_t source;
  int64_t target;
  int64_t i;
  int64_t begin() const { return i * source; }
  int64_t end() const { return begin() + source; }
  int first() const { return static_cast<int>(begin() / target); }
  int last() const { return static_cast<int>((end() - 1) / target); }
  int64_t Overlap(int64_t s) const {
    return std::min(end(), (s + 1) * target) - std::max(begin(), s * target);
  }
};

uint8_t Mean(image::ImageView<uint8_t> in, const Span& column, const Span& row) {
  int64_t sum = 0;
  for (int y = row.first(); y <= row.last(); ++y) {
    int64_t row_sum = 0;
    for (int x = column.first(); x <= column.last(); ++x) {
      row_sum += column.Overlap(x) * in.row(y)[x];
    }
    sum += row.Overlap(y) * row_sum;
  }
  const int64_t area = column.source * row.source;
  return static_cast<uint8_t>((sum + area / 2) / area);
}

// Limited range keeps black at 16 and white at 235 (BT.601 and BT.709 alike); what lies outside is
// clipped.
uint8_t Expanded(uint8_t level) {
  return static_cast<uint8_t>(std::clamp(std::round((level - 16) * 255.0 / 219.0), 0.0, 255.0));
}

}  // namespace

void ResizeLumaRef(image::ImageView<uint8_t> in, Size size, bool limited_range,
                   image::Plane<uint8_t>& out) {
  out.Reset(size.width, size.height);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const uint8_t level = Mean(in, {.source = in.width, .target = size.width, .i = x},
                                 {.source = in.height, .target = size.height, .i = y});
      out.row(y)[x] = limited_range ? Expanded(level) : level;
    }
  }
}

}  // namespace reelbatch::vision
