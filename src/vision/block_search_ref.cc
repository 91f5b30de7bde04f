#include "vision/block_search_ref.h"

#include <cstdlib>
#include <limits>

namespace reelbatch::vision {
namespace {

constexpr int kHalfBlock = kMotionBlock / 2;
constexpr int kHalfRange = kMotionRange / 2;

int Difference(const uint8_t* a, ptrdiff_t stride_a, const uint8_t* b, ptrdiff_t stride_b) {
  int sum = 0;
  for (int y = 0; y < kHalfBlock; ++y, a += stride_a, b += stride_b) {
    for (int x = 0; x < kHalfBlock; ++x) sum += std::abs(int{a[x]} - int{b[x]});
  }
  return sum;
}

MotionVector Search(const MotionPlane& current, const MotionPlane& reference, ptrdiff_t left,
                    ptrdiff_t top) {
  const uint8_t* const here = current.half() + current.half_stride() * top + left;
  const uint8_t* const there = reference.half() + reference.half_stride() * top + left;
  MotionVector best;
  int least = std::numeric_limits<int>::max();
  for (int y = -kHalfRange; y <= kHalfRange; ++y) {
    for (int x = -kHalfRange; x <= kHalfRange; ++x) {
      const int cost = std::abs(x) + std::abs(y) +
                       Difference(here, current.half_stride(),
                                  there + reference.half_stride() * y + x, reference.half_stride());
      if (cost < least) {
        least = cost;
        best = {.x = 2 * x, .y = 2 * y};
      }
    }
  }
  return best;
}

}  // namespace

void SearchHalfRef(const MotionPlane& current, const MotionPlane& reference,
                   std::span<MotionVector> vectors) {
  size_t block = 0;
  for (int y = 0; y < current.blocks_y(); ++y) {
    for (int x = 0; x < current.blocks_x(); ++x) {
      vectors[block++] =
          Search(current, reference, ptrdiff_t{x} * kHalfBlock, ptrdiff_t{y} * kHalfBlock);
    }
  }
}

}  // namespace reelbatch::vision
