#include "vision/block_motion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "vision/block_search.h"

namespace reelbatch::vision {
namespace {

constexpr int kSamples = kMotionBlock * kMotionBlock;

// Repeats the outermost samples of the width x height samples at (border, border) over the border.
void RepeatBorder(image::Plane<uint8_t>& plane, int border, int width, int height) {
  for (int y = border; y < border + height; ++y) {
    uint8_t* row = plane.row(y);
    std::fill_n(row, border, row[border]);
    std::fill_n(row + border + width, border, row[border + width - 1]);
  }
  const size_t bytes = static_cast<size_t>(width) + 2 * static_cast<size_t>(border);
  for (int y = 0; y < border; ++y) {
    std::memcpy(plane.row(y), plane.row(border), bytes);
    std::memcpy(plane.row(border + height + y), plane.row(border + height - 1), bytes);
  }
}

int BlockDifference(const uint8_t* a, ptrdiff_t stride_a, const uint8_t* b, ptrdiff_t stride_b) {
  int sum = 0;
  for (int y = 0; y < kMotionBlock; ++y, a += stride_a, b += stride_b) {
    for (int x = 0; x < kMotionBlock; ++x) sum += std::abs(int{a[x]} - int{b[x]});
  }
  return sum;
}

int BlockActivity(const uint8_t* samples, ptrdiff_t stride) {
  int sum = 0;
  const uint8_t* row = samples;
  for (int y = 0; y < kMotionBlock; ++y, row += stride) {
    for (int x = 0; x < kMotionBlock; ++x) sum += row[x];
  }
  const int mean = (sum + kSamples / 2) / kSamples;
  int activity = 0;
  row = samples;
  for (int y = 0; y < kMotionBlock; ++y, row += stride) {
    for (int x = 0; x < kMotionBlock; ++x) activity += std::abs(int{row[x]} - mean);
  }
  return activity;
}

}  // namespace

void MotionPlane::Assign(image::ImageView<uint8_t> luma) {
  width_ = luma.width;
  height_ = luma.height;
  full_.Reset(width_ + 2 * kFullBorder, height_ + 2 * kFullBorder);
  for (int y = 0; y < height_; ++y) {
    std::memcpy(full_.row(y + kFullBorder) + kFullBorder, luma.row(y), static_cast<size_t>(width_));
  }
  Measure();
}

void MotionPlane::CopyFrom(const MotionPlane& other) {
  full_.CopyFrom(other.full_);
  half_.CopyFrom(other.half_);
  activity_ = other.activity_;
  width_ = other.width_;
  height_ = other.height_;
  mean_ = other.mean_;
  deviation_ = other.deviation_;
}

void MotionPlane::AssignScaled(const MotionPlane& other, float gain, float offset) {
  width_ = other.width_;
  height_ = other.height_;
  std::array<uint8_t, 256> levels{};
  for (size_t level = 0; level < levels.size(); ++level) {
    const float scaled = std::round(gain * static_cast<float>(level) + offset);
    levels[level] = static_cast<uint8_t>(std::clamp(scaled, 0.0F, 255.0F));
  }
  full_.Reset(width_ + 2 * kFullBorder, height_ + 2 * kFullBorder);
  for (int y = kFullBorder; y < kFullBorder + height_; ++y) {
    const uint8_t* in = other.full_.row(y) + kFullBorder;
    std::transform(in, in + width_, full_.row(y) + kFullBorder,
                   [&levels](uint8_t level) { return levels[level]; });
  }
  Measure();
}

void MotionPlane::Measure() {
  RepeatBorder(full_, kFullBorder, width_, height_);
  int64_t sum = 0;
  int64_t squares = 0;
  const int half_width = width_ / 2;
  const int half_height = height_ / 2;
  half_.Reset(half_width + 2 * kHalfBorder + kHalfSlack, half_height + 2 * kHalfBorder);
  for (int y = 0; y < half_height; ++y) {
    const uint8_t* upper = full() + full_.stride() * (2 * ptrdiff_t{y});
    const uint8_t* lower = upper + full_.stride();
    uint8_t* out = half_.row(y + kHalfBorder) + kHalfBorder;
    for (ptrdiff_t x = 0; x < half_width; ++x) {
      const int four = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
      out[x] = static_cast<uint8_t>((four + 2) / 4);
      sum += four;
      squares += int64_t{four} * four;
    }
  }
  RepeatBorder(half_, kHalfBorder, half_width, half_height);
  const double cells = static_cast<double>(half_width) * half_height;
  const double mean = static_cast<double>(sum) / (4 * cells);
  mean_ = static_cast<float>(mean);
  deviation_ = static_cast<float>(
      std::sqrt(std::max(0.0, static_cast<double>(squares) / (16 * cells) - mean * mean)));

  activity_.resize(static_cast<size_t>(blocks()));
  size_t block = 0;
  for (int y = 0; y < height_; y += kMotionBlock) {
    for (int x = 0; x < width_; x += kMotionBlock) {
      activity_[block++] = BlockActivity(full() + full_.stride() * y + x, full_.stride());
    }
  }
}

std::span<const int> BlockMatcher::Difference(const MotionPlane& current,
                                              const MotionPlane& reference) {
  cost_.resize(static_cast<size_t>(current.blocks()));
  size_t block = 0;
  for (int y = 0; y < current.height(); y += kMotionBlock) {
    for (int x = 0; x < current.width(); x += kMotionBlock) {
      cost_[block++] = BlockDifference(
          current.full() + current.full_stride() * y + x, current.full_stride(),
          reference.full() + reference.full_stride() * y + x, reference.full_stride());
    }
  }
  return cost_;
}

int BlockMatcher::Refine(const MotionPlane& current, const MotionPlane& reference, int block_x,
                         int block_y) {
  const int blocks_x = current.blocks_x();
  const size_t block =
      static_cast<size_t>(block_y) * static_cast<size_t>(blocks_x) + static_cast<size_t>(block_x);
  const uint8_t* here = current.full() +
                        current.full_stride() * (kMotionBlock * ptrdiff_t{block_y}) +
                        kMotionBlock * ptrdiff_t{block_x};
  const uint8_t* there = reference.full() +
                         reference.full_stride() * (kMotionBlock * ptrdiff_t{block_y}) +
                         kMotionBlock * ptrdiff_t{block_x};
  const auto cost_of = [&](MotionVector v) {
    return BlockDifference(here, current.full_stride(), there + reference.full_stride() * v.y + v.x,
                           reference.full_stride());
  };
  std::array<MotionVector, 4> starts{vectors_[block]};
  size_t count = 2;  // starts[1] stays zero motion
  if (block_x > 0) starts[count++] = vectors_[block - 1];
  if (block_y > 0) starts[count++] = vectors_[block - static_cast<size_t>(blocks_x)];
  MotionVector best;
  int best_cost = std::numeric_limits<int>::max();
  for (size_t i = 0; i < count; ++i) {
    // Neighbours are refined already; from their bound, one more step stays inside the border.
    const MotionVector start{.x = std::clamp(starts[i].x, -kMotionRange - 1, kMotionRange + 1),
                             .y = std::clamp(starts[i].y, -kMotionRange - 1, kMotionRange + 1)};
    const int cost = cost_of(start);
    if (cost < best_cost) {
      best_cost = cost;
      best = start;
    }
  }
  const MotionVector centre = best;
  for (int y = -1; y <= 1; ++y) {
    for (int x = -1; x <= 1; ++x) {
      if (x == 0 && y == 0) continue;
      const MotionVector v{.x = centre.x + x, .y = centre.y + y};
      const int cost = cost_of(v);
      if (cost < best_cost) {
        best_cost = cost;
        best = v;
      }
    }
  }
  vectors_[block] = best;
  return best_cost;
}

std::span<const int> BlockMatcher::Match(const MotionPlane& current, const MotionPlane& reference) {
  const auto blocks = static_cast<size_t>(current.blocks());
  cost_.resize(blocks);
  vectors_.assign(blocks, {});
  SearchHalf(current, reference, vectors_);
  size_t block = 0;
  for (int y = 0; y < current.blocks_y(); ++y) {
    for (int x = 0; x < current.blocks_x(); ++x) cost_[block++] = Refine(current, reference, x, y);
  }
  return cost_;
}

}  // namespace reelbatch::vision
