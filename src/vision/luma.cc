#include "vision/luma.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace reelbatch::vision {
namespace {

using LevelTable = std::array<uint8_t, 256>;

// Limited range keeps black at 16 and white at 235 (BT.601 and BT.709 alike); what lies outside is
// clipped.
LevelTable ExpandedLevels(bool full_range) {
  LevelTable table{};
  for (int y = 0; y < 256; ++y) {
    const double level = full_range ? y : std::round((y - 16) * 255.0 / 219.0);
    table[static_cast<size_t>(y)] = static_cast<uint8_t>(std::clamp(level, 0.0, 255.0));
  }
  return table;
}

const LevelTable& Levels(bool full_range) {
  static const LevelTable kFull = ExpandedLevels(true);
  static const LevelTable kLimited = ExpandedLevels(false);
  return full_range ? kFull : kLimited;
}

int FitSide(int side, double scale) {
  const auto rounded = static_cast<int>(std::nearbyint(side * scale));
  return std::min(side, std::max(3, rounded));
}

template <class Sum>
void AddWeighted(const uint8_t* in, uint32_t weight, int width, Sum* sums) {
  // Both factors fit 16 bits (see LumaScaler::Axis::Build), which lets the compiler multiply eight
  // at once.
  const auto factor = static_cast<uint16_t>(weight);
  for (int x = 0; x < width; ++x) {
    sums[x] = static_cast<Sum>(sums[x] + static_cast<Sum>(uint16_t{in[x]} * uint32_t{factor}));
  }
}

}  // namespace

Size FitMaxSide(int width, int height, int max_side) {
  const int longest = std::max(width, height);
  if (longest <= max_side || longest <= 0) return {.width = width, .height = height};
  const double scale = static_cast<double>(max_side) / longest;
  return {.width = FitSide(width, scale), .height = FitSide(height, scale)};
}

// In units where a source sample is `target` long and a target sample `source` long, both lengths
// without their common divisor, every overlap is an integer and a target sample's weights sum to
// its length.
void LumaScaler::Axis::Build(int source_size, int target_size) {
  if (source == source_size && target == target_size) return;
  source = source_size;
  target = target_size;
  const int divisor = std::gcd(source, target);
  const int64_t sample = target / divisor;
  const int64_t cell = source / divisor;
  total = static_cast<uint32_t>(cell);
  cells.clear();
  weights.clear();
  for (int64_t i = 0; i < target; ++i) {
    const int64_t begin = i * cell;
    const int64_t end = begin + cell;
    const int64_t first = begin / sample;
    const int64_t last = (end - 1) / sample;
    cells.push_back({.first = static_cast<int>(first),
                     .count = static_cast<int>(last - first + 1),
                     .offset = static_cast<int>(weights.size())});
    for (int64_t s = first; s <= last; ++s) {
      const int64_t overlap = std::min(end, (s + 1) * sample) - std::max(begin, s * sample);
      weights.push_back(static_cast<uint32_t>(overlap));
    }
  }
}

template <class Sum>
void LumaScaler::ResizeWith(image::ImageView<uint8_t> in, std::vector<Sum>& column_sums,
                            const LevelTable& levels, image::Plane<uint8_t>& out) {
  column_sums.resize(static_cast<size_t>(in.width));
  Sum* const sums = column_sums.data();
  const int64_t area = int64_t{columns_.total} * rows_.total;
  const double scale = 1.0 / static_cast<double>(area);
  for (int y = 0; y < rows_.target; ++y) {
    const Cell& band = rows_.cells[static_cast<size_t>(y)];
    std::fill_n(sums, in.width, Sum{0});
    const uint32_t* const row_weight = rows_.weights.data() + band.offset;
    for (int k = 0; k < band.count; ++k) {
      AddWeighted(in.row(band.first + k), row_weight[k], in.width, sums);
    }
    uint8_t* const target_row = out.row(y);
    for (int x = 0; x < columns_.target; ++x) {
      const Cell& cell = columns_.cells[static_cast<size_t>(x)];
      const uint32_t* const weight = columns_.weights.data() + cell.offset;
      const Sum* const source = sums + cell.first;
      int64_t sum = area / 2;  // rounds to nearest
      for (int k = 0; k < cell.count; ++k) sum += int64_t{source[k]} * int64_t{weight[k]};
      const auto level = static_cast<uint32_t>(static_cast<double>(sum) * scale);
      target_row[x] = levels[level];
    }
  }
}

void LumaScaler::ResizeThrough(image::ImageView<uint8_t> in, Size size, const LevelTable& levels,
                               image::Plane<uint8_t>& out) {
  if (in.empty() || size.width <= 0 || size.height <= 0) {
    out.Reset(0, 0);
    return;
  }
  out.Reset(size.width, size.height);
  if (size.width == in.width && size.height == in.height) {
    for (int y = 0; y < in.height; ++y) {
      std::transform(in.row(y), in.row(y) + in.width, out.row(y),
                     [&levels](uint8_t sample) { return levels[sample]; });
    }
    return;
  }
  columns_.Build(in.width, size.width);
  rows_.Build(in.height, size.height);
  if (rows_.total * 255ULL <= std::numeric_limits<uint16_t>::max()) {
    ResizeWith(in, short_sums_, levels, out);
  } else {
    ResizeWith(in, long_sums_, levels, out);
  }
}

void LumaScaler::Downscale(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out) {
  ResizeThrough(frame.y, size, Levels(frame.full_range), out);
}

void LumaScaler::Resize(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out) {
  ResizeThrough(in, size, Levels(true), out);
}

void DownscaleLuma(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out) {
  LumaScaler().Downscale(frame, size, out);
}

void ResizeArea(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out) {
  LumaScaler().Resize(in, size, out);
}

}  // namespace reelbatch::vision
