#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/block_search.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/highway.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "vision/block_search.h"
#include "vision/block_search_ref.h"
#include "vision/simd.h"

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

void Search(const MotionPlane& current, const MotionPlane& reference,
            std::span<MotionVector> vectors) {
  SearchHalfRef(current, reference, vectors);
}

#else

namespace hn = hwy::HWY_NAMESPACE;
using D8 = hn::ScalableTag<uint8_t>;
using D16 = hn::ScalableTag<uint16_t>;
using D32 = hn::ScalableTag<int32_t>;
using V8 = hn::Vec<D8>;
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;

constexpr int kHalfBlock = kMotionBlock / 2;
constexpr int kHalfRange = kMotionRange / 2;
constexpr int kPlaces = 2 * kHalfRange + 1;  // along an axis

static_assert(HWY_MAX_BYTES <= MotionPlane::kHalfSlack);

// Sums of absolute differences of 4 x 4 samples, one per lane.
HWY_INLINE V32 Differences(const V8 (&here)[kHalfBlock], const uint8_t* there, ptrdiff_t stride) {
  const D8 d;
  const D16 d16;
  const D32 d32;
  const V16 low_byte = hn::Set(d16, uint16_t{0xFF});
  V16 pairs = hn::Zero(d16);
  for (int y = 0; y < kHalfBlock; ++y) {
    const V8 other = hn::LoadU(d, there + stride * y);
    const V8 difference = hn::Sub(hn::Max(here[y], other), hn::Min(here[y], other));
    const V16 both = hn::BitCast(d16, difference);
    pairs = hn::Add(pairs, hn::Add(hn::And(both, low_byte), hn::ShiftRight<8>(both)));
  }
  const V32 wide = hn::BitCast(d32, pairs);
  return hn::Add(hn::And(wide, hn::Set(d32, 0xFFFF)), hn::ShiftRight<16>(wide));
}

// Places are numbered row by row; the first of those that cost least.
V32 BestPlaces(const uint8_t* current, ptrdiff_t current_stride, const uint8_t* reference,
               ptrdiff_t reference_stride) {
  const D8 d;
  const D32 d32;
  V8 here[kHalfBlock];
  for (int y = 0; y < kHalfBlock; ++y) here[y] = hn::LoadU(d, current + current_stride * y);
  V32 least = hn::Set(d32, std::numeric_limits<int32_t>::max());
  V32 best = hn::Zero(d32);
  for (int y = -kHalfRange; y <= kHalfRange; ++y) {
    for (int x = -kHalfRange; x <= kHalfRange; ++x) {
      const V32 length = hn::Set(d32, std::abs(x) + std::abs(y));
      const V32 place = hn::Set(d32, (y + kHalfRange) * kPlaces + x + kHalfRange);
      const V32 cost = hn::Add(
          length, Differences(here, reference + reference_stride * y + x, reference_stride));
      best = hn::IfThenElse(hn::Lt(cost, least), place, best);
      least = hn::Min(least, cost);
    }
  }
  return best;
}

void Search(const MotionPlane& current, const MotionPlane& reference,
            std::span<MotionVector> vectors) {
  const D32 d32;
  const auto lanes = static_cast<int>(hn::Lanes(d32));
  MotionVector* out = vectors.data();
  for (int block_y = 0; block_y < current.blocks_y(); ++block_y) {
    const ptrdiff_t top = ptrdiff_t{block_y} * kHalfBlock;
    for (int block_x = 0; block_x < current.blocks_x(); block_x += lanes) {
      const ptrdiff_t left = ptrdiff_t{block_x} * kHalfBlock;
      HWY_ALIGN int32_t places[HWY_MAX_BYTES / sizeof(int32_t)];
      const V32 best = BestPlaces(
          current.half() + current.half_stride() * top + left, current.half_stride(),
          reference.half() + reference.half_stride() * top + left, reference.half_stride());
      hn::Store(best, d32, places);
      const int count = std::min(lanes, current.blocks_x() - block_x);
      for (int i = 0; i < count; ++i) {
        *out++ = {.x = 2 * (places[i] % kPlaces - kHalfRange),
                  .y = 2 * (places[i] / kPlaces - kHalfRange)};
      }
    }
  }
}

#endif

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {
namespace {

HWY_EXPORT(Search);

}  // namespace

void SearchHalf(const MotionPlane& current, const MotionPlane& reference,
                std::span<MotionVector> vectors) {
  if (SimdIsScalar()) return SearchHalfRef(current, reference, vectors);
  HWY_DYNAMIC_DISPATCH(Search)(current, reference, vectors);
}

}  // namespace reelbatch::vision
#endif
