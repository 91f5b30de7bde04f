#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/plane.h"

namespace reelbatch::vision {

/// Blocks are 8 x 8 samples.
inline constexpr int kMotionBlock = 8;
/// Farthest motion that is looked for, samples in x and in y.
inline constexpr int kMotionRange = 16;

/// Where a block is found in another plane, samples.
struct MotionVector {
  int x = 0;
  int y = 0;
  friend bool operator==(const MotionVector&, const MotionVector&) = default;
};

/// A small luma plane made ready for block matching: itself and its 2 x 2 mean, both with their
/// borders repeated outwards, and the activity of every block.
class MotionPlane {
 public:
  /// `luma`: both sides multiples of 8 and at least 8.
  void Assign(image::ImageView<uint8_t> luma);
  void CopyFrom(const MotionPlane& other);
  /// `other` with its levels scaled: round(gain * level + offset), clamped. For changes of
  /// exposure.
  void AssignScaled(const MotionPlane& other, float gain, float offset);

  int width() const { return width_; }
  int height() const { return height_; }
  int blocks_x() const { return width_ / kMotionBlock; }
  int blocks_y() const { return height_ / kMotionBlock; }
  int blocks() const { return blocks_x() * blocks_y(); }
  float mean() const { return mean_; }
  float deviation() const { return deviation_; }

  /// Sum of |sample - block mean| over each block, row by row: what it costs to say the block
  /// without another frame.
  std::span<const int> activity() const { return activity_; }

  /// Samples that a kernel may read, whatever they are, behind the right border of `half()`.
  static constexpr int kHalfSlack = 64;

  /// Sample (0, 0); readable kFullBorder outside on every side, at full_stride().
  const uint8_t* full() const { return full_.row(kFullBorder) + kFullBorder; }
  ptrdiff_t full_stride() const { return full_.stride(); }
  const uint8_t* half() const { return half_.row(kHalfBorder) + kHalfBorder; }
  ptrdiff_t half_stride() const { return half_.stride(); }

 private:
  static constexpr int kHalfBorder = kMotionRange / 2;
  // The half-size search ends on even vectors; two refinements of one sample each may go beyond it.
  static constexpr int kFullBorder = kMotionRange + 4;

  void Measure();

  image::Plane<uint8_t> full_;
  image::Plane<uint8_t> half_;
  std::vector<int> activity_;
  int width_ = 0;
  int height_ = 0;
  float mean_ = 0;
  float deviation_ = 0;
};

/// Block matching by full search at half size and refinement at full size, as the lookahead of a
/// video encoder does. Threads: one object per thread. Buffers are kept between calls.
class BlockMatcher {
 public:
  /// Cost of each block of `current` predicted from `reference`: the smallest sum of absolute
  /// differences found, row by row. Both of one size. Never above the cost without motion. Valid
  /// until the next call.
  std::span<const int> Match(const MotionPlane& current, const MotionPlane& reference);

  /// The same without motion.
  std::span<const int> Difference(const MotionPlane& current, const MotionPlane& reference);

 private:
  int Refine(const MotionPlane& current, const MotionPlane& reference, int block_x, int block_y);

  std::vector<int> cost_;
  std::vector<MotionVector> vectors_;
};

}  // namespace reelbatch::vision
