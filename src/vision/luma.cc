#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/luma.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "vision/luma.h"
#include "vision/luma_ref.h"
#include "vision/simd.h"

#ifndef REELBATCH_VISION_LUMA_JOB_
#define REELBATCH_VISION_LUMA_JOB_
namespace reelbatch::vision {
namespace {

struct ResizeJob {
  image::ImageView<uint8_t> in;
  const AreaAxis& columns;
  const AreaAxis& rows;
  bool limited_range;
  int16_t* low_sums;
  int16_t* high_sums;  // nullptr where 16 bits hold a sum
  int32_t* totals;
  image::Plane<uint8_t>& out;
};

// Samples that may be read behind the last one of a buffer, or written there.
constexpr size_t kSlack = 64;

constexpr int kCacheLine = 64;

// 16 bits hold a sum of source rows, moved down by 2^15 to be signed.
constexpr int kSumBias = 1 << 15;
// Or it comes as high * 2^15 + low.
constexpr int kLowBits = 15;

}  // namespace
}  // namespace reelbatch::vision
#endif

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

void Resize(const ResizeJob& job) {
  ResizeLumaRef(job.in, {.width = job.columns.target, .height = job.rows.target}, job.limited_range,
                job.out);
}

// Never called: the scalar reference expands what it resizes.
void ExpandRow(const uint8_t* /*in*/, int /*width*/, uint8_t* /*out*/) {}

#else

namespace hn = hwy::HWY_NAMESPACE;
using D16 = hn::ScalableTag<uint16_t>;
using D32 = hn::ScalableTag<int32_t>;
using DF = hn::ScalableTag<float>;
using DHalf8 = hn::Half<hn::ScalableTag<uint8_t> >;  // as many samples as D16
using DQuarter8 = hn::Half<DHalf8>;                  // as many as D32
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;
using VF = hn::Vec<DF>;
using DTaps = hn::Full128<int16_t>;
using DFour = hn::Full128<int32_t>;

// Calls `at` for x = 0, lanes, .. so that all of `width` is covered; the last vector may overlap
// the one before it. Where not even one fits, false.
template <class F>
HWY_INLINE bool CoverRow(int width, int lanes, const F& at) {
  if (width < lanes) return false;
  int x = 0;
  for (; x + lanes <= width; x += lanes) at(x);
  if (x < width) at(width - lanes);
  return true;
}

// ---- Sums of source rows

struct Band {
  image::ImageView<uint8_t> rows;
  const int16_t* weights;
};

// kVectors at once; the row has at least as many.
template <int kVectors>
void SumShort(const Band& band, int16_t* HWY_RESTRICT sums) {
  const D16 d;
  const DHalf8 d8;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const image::ImageView<uint8_t> rows = band.rows;
  const int16_t* const weights = band.weights;
  const auto sum_at = [&](int x) HWY_ATTR {
    V16 sum[kVectors];
    for (V16& s : sum) s = hn::Set(d, static_cast<uint16_t>(kSumBias));
    for (int y = 0; y < rows.height; ++y) {
      const V16 weight = hn::Set(d, static_cast<uint16_t>(weights[y]));
      const uint8_t* const row = rows.row(y) + x;
      // The processor does not foresee that these rows go on where the next band begins.
      const uint8_t* const next_band = row + rows.height * rows.stride;
      for (int i = 0; i < kVectors * lanes; i += kCacheLine) hwy::Prefetch(next_band + i);
      for (int i = 0; i < kVectors; ++i) {
        const V16 samples = hn::PromoteTo(d, hn::LoadU(d8, row + i * lanes));
        sum[i] = hn::Add(sum[i], hn::Mul(samples, weight));
      }
    }
    for (int i = 0; i < kVectors; ++i) {
      hn::StoreU(sum[i], d, reinterpret_cast<uint16_t*>(sums) + x + i * lanes);
    }
  };
  CoverRow(rows.width, kVectors * lanes, sum_at);
}

void SumShort(const Band& band, int16_t* HWY_RESTRICT sums) {
  constexpr int kMany = 4;
  const auto lanes = static_cast<int>(hn::Lanes(D16()));
  const int width = band.rows.width;
  if (width >= kMany * lanes) return SumShort<kMany>(band, sums);
  if (width >= lanes) return SumShort<1>(band, sums);
  for (int x = 0; x < width; ++x) {
    int sum = -kSumBias;
    for (int y = 0; y < band.rows.height; ++y) sum += band.rows.row(y)[x] * band.weights[y];
    sums[x] = static_cast<int16_t>(sum);
  }
}

void SumLong(const Band& band, int16_t* HWY_RESTRICT low_sums, int16_t* HWY_RESTRICT high_sums) {
  const D32 d;
  const DQuarter8 d8;
  const hn::Rebind<int16_t, D32> d16;
  const int width = band.rows.width;
  constexpr int kLowMask = (1 << kLowBits) - 1;
  const auto sum_at = [&](int x) HWY_ATTR {
    V32 sum = hn::Zero(d);
    for (int y = 0; y < band.rows.height; ++y) {
      const V32 samples = hn::PromoteTo(d, hn::LoadU(d8, band.rows.row(y) + x));
      sum = hn::Add(sum, hn::Mul(samples, hn::Set(d, band.weights[y])));
    }
    hn::StoreU(hn::DemoteTo(d16, hn::And(sum, hn::Set(d, kLowMask))), d16, low_sums + x);
    hn::StoreU(hn::DemoteTo(d16, hn::ShiftRight<kLowBits>(sum)), d16, high_sums + x);
  };
  if (CoverRow(width, static_cast<int>(hn::Lanes(d)), sum_at)) return;
  for (int x = 0; x < width; ++x) {
    int sum = 0;
    for (int y = 0; y < band.rows.height; ++y) sum += band.rows.row(y)[x] * band.weights[y];
    low_sums[x] = static_cast<int16_t>(sum & kLowMask);
    high_sums[x] = static_cast<int16_t>(sum >> kLowBits);
  }
}

// ---- Weighted sums along a row

using Taps = hn::Vec<DTaps>;
using Four = hn::Vec<DFour>;

HWY_INLINE Four PairSums(Taps sums, const int16_t* weights) {
  const DFour d;
  Four rest = hn::Zero(d);
  const Four sum =
      hn::ReorderWidenMulAccumulate(d, sums, hn::LoadU(DTaps(), weights), hn::Zero(d), rest);
  return hn::RearrangeToOddPlusEven(sum, rest);
}

// a0+a1, a2+a3, b0+b1, b2+b3
HWY_INLINE Four AddNeighbours(Four a, Four b) {
  const DFour d;
  return hn::Add(hn::ConcatEven(d, b, a), hn::ConcatOdd(d, b, a));
}

// Four weighted sums of four taps each.
HWY_INLINE Four SumFourTaps(const int16_t* sums, const int* first, const int16_t* weights) {
  const DTaps d;
  const hn::Half<DTaps> half;
  const auto two = [&](int i) HWY_ATTR {
    const Taps taps =
        hn::Combine(d, hn::LoadU(half, sums + first[i + 1]), hn::LoadU(half, sums + first[i]));
    return PairSums(taps, weights + ptrdiff_t{4} * i);
  };
  return AddNeighbours(two(0), two(2));
}

// Four weighted sums of `count` taps each, a multiple of 8.
HWY_INLINE Four SumManyTaps(const int16_t* sums, const int* first, const int16_t* weights,
                            ptrdiff_t count) {
  const DTaps d;
  const auto one = [&](int i) HWY_ATTR {
    const int16_t* const from = sums + first[i];
    const int16_t* const weight = weights + count * i;
    Four sum = PairSums(hn::LoadU(d, from), weight);
    for (ptrdiff_t k = 8; k < count; k += 8) {
      sum = hn::Add(sum, PairSums(hn::LoadU(d, from + k), weight + k));
    }
    return sum;
  };
  return AddNeighbours(AddNeighbours(one(0), one(1)), AddNeighbours(one(2), one(3)));
}

// Writes the weighted sums, or adds them, kShift bits further left, to what is there.
template <int kShift>
void SumColumns(const int16_t* HWY_RESTRICT sums, const AreaAxis& axis,
                int32_t* HWY_RESTRICT totals) {
  const DFour d;
  const int* HWY_RESTRICT const first = axis.first.data();
  const int16_t* HWY_RESTRICT const weights = axis.weights.data();
  const int target = axis.target;
  const ptrdiff_t taps = axis.taps;
  const auto add = [&](int x, Four sum) HWY_ATTR {
    if constexpr (kShift != 0) sum = hn::Add(hn::LoadU(d, totals + x), hn::ShiftLeft<kShift>(sum));
    hn::StoreU(sum, d, totals + x);
  };
  static_assert(AreaAxis::kGroup == 4);
  if (taps == 4) {
    for (int x = 0; x < target; x += 4) add(x, SumFourTaps(sums, first + x, weights + 4 * x));
  } else {
    for (int x = 0; x < target; x += 4) {
      add(x, SumManyTaps(sums, first + x, weights + taps * x, taps));
    }
  }
}

// ---- Levels

// round((level - 16) * 255 / 219), clamped: floor((85 k + 36) / 73) for k = max(0, level - 16).
HWY_INLINE V16 Expand(V16 levels) {
  const D16 d;
  const V16 above = hn::SaturatedSub(levels, hn::Set(d, uint16_t{16}));
  const V16 scaled = hn::Add(hn::Mul(above, hn::Set(d, uint16_t{85})), hn::Set(d, uint16_t{36}));
  // 57457 / 2^22 is 1 / 73 for all that 16 bits hold.
  const V16 quotient = hn::ShiftRight<6>(hn::MulHigh(scaled, hn::Set(d, uint16_t{57457})));
  return hn::Min(quotient, hn::Set(d, uint16_t{255}));
}

// Divides by the area, rounding to nearest, n + 1/2 upwards. The float estimate rounds that either
// way, so it is taken a little low, and corrected upwards by what is left.
class AreaDivider {
 public:
  AreaDivider(int32_t area, int32_t bias)
      : bias_(hn::Set(D32(), bias)),
        area_(hn::Set(D32(), area)),
        half_(hn::Set(D32(), area / 2)),
        last_rest_(hn::Set(D32(), area - 1)),
        // The three roundings of the estimate are below 2^-22 together.
        scale_(hn::Set(DF(), (1.0F - 0x1p-21F) / static_cast<float>(area))) {}

  HWY_INLINE V32 operator()(V32 totals) const {
    const D32 d;
    const V32 sum = hn::Add(totals, bias_);
    // Added to 1.5 * 2^23, a float of 0..255 leaves its nearest integer in the lowest bits.
    const VF estimate =
        hn::Add(hn::Mul(hn::ConvertTo(DF(), sum), scale_), hn::Set(DF(), 0x1.8p23F));
    const V32 low = hn::And(hn::BitCast(d, estimate), hn::Set(d, 0xFF));
    const V32 rest = hn::Sub(hn::Add(sum, half_), hn::Mul(low, area_));
    return hn::Sub(low, hn::VecFromMask(d, hn::Gt(rest, last_rest_)));
  }

 private:
  V32 bias_;
  V32 area_;
  V32 half_;
  V32 last_rest_;
  VF scale_;
};

void WriteLevels(const AreaDivider& divide, const int32_t* HWY_RESTRICT totals, int width,
                 bool limited_range, uint8_t* HWY_RESTRICT out) {
  const D16 d;
  const D32 d32;
  const DHalf8 d8;
  const hn::Rebind<int16_t, D16> signed16;
  const hn::Half<decltype(signed16)> half16;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const auto half = hn::Lanes(d32);
  for (int x = 0; x < width; x += lanes) {
    const auto lower = hn::DemoteTo(half16, divide(hn::LoadU(d32, totals + x)));
    const auto upper = hn::DemoteTo(half16, divide(hn::LoadU(d32, totals + x + half)));
    const V16 wide = hn::BitCast(d, hn::Combine(signed16, upper, lower));
    const auto bytes = hn::DemoteTo(d8, hn::BitCast(signed16, limited_range ? Expand(wide) : wide));
    if (x + lanes <= width) {
      hn::StoreU(bytes, d8, out + x);
    } else {
      HWY_ALIGN uint8_t last[HWY_MAX_BYTES];
      hn::Store(bytes, d8, last);
      std::memcpy(out + x, last, static_cast<size_t>(width - x));
    }
  }
}

void Resize(const ResizeJob& job) {
  const bool is_long = job.high_sums != nullptr;
  const int area = job.columns.total * job.rows.total;
  const AreaDivider divide(area, is_long ? 0 : kSumBias * job.columns.total);
  for (int y = 0; y < job.rows.target; ++y) {
    const auto at = static_cast<size_t>(y);
    const Band band{
        .rows = {job.in.row(job.rows.first[at]), job.in.width, job.rows.count[at], job.in.stride},
        .weights = job.rows.weights.data() + ptrdiff_t{job.rows.taps} * y};
    if (is_long) {
      SumLong(band, job.low_sums, job.high_sums);
      SumColumns<0>(job.low_sums, job.columns, job.totals);
      SumColumns<kLowBits>(job.high_sums, job.columns, job.totals);
    } else {
      SumShort(band, job.low_sums);
      SumColumns<0>(job.low_sums, job.columns, job.totals);
    }
    WriteLevels(divide, job.totals, job.columns.target, job.limited_range, job.out.row(y));
  }
}

void ExpandRow(const uint8_t* in, int width, uint8_t* out) {
  const D16 d;
  const DHalf8 d8;
  const hn::Rebind<int16_t, D16> signed16;
  const auto expand_at = [&](const uint8_t* from, uint8_t* to) HWY_ATTR {
    const V16 levels = Expand(hn::PromoteTo(d, hn::LoadU(d8, from)));
    hn::StoreU(hn::DemoteTo(d8, hn::BitCast(signed16, levels)), d8, to);
  };
  const auto lanes = static_cast<int>(hn::Lanes(d));
  if (CoverRow(width, lanes, [&](int x) HWY_ATTR { expand_at(in + x, out + x); })) return;
  HWY_ALIGN uint8_t padded[HWY_MAX_BYTES] = {};
  std::memcpy(padded, in, static_cast<size_t>(width));
  expand_at(padded, padded);
  std::memcpy(out, padded, static_cast<size_t>(width));
}

#endif

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {
namespace {

HWY_EXPORT(Resize);
HWY_EXPORT(ExpandRow);

int FitSide(int side, double scale) {
  const auto rounded = static_cast<int>(std::nearbyint(side * scale));
  return std::min(side, std::max(3, rounded));
}

void CopyOrExpand(image::ImageView<uint8_t> in, bool limited_range, image::Plane<uint8_t>& out) {
  for (int y = 0; y < in.height; ++y) {
    if (limited_range) {
      HWY_DYNAMIC_DISPATCH(ExpandRow)(in.row(y), in.width, out.row(y));
    } else {
      std::copy_n(in.row(y), in.width, out.row(y));
    }
  }
}

bool SmallEnough(image::ImageView<uint8_t> in, Size size) {
  return std::max({in.width, in.height, size.width, size.height}) <= AreaAxis::kMaxSize;
}

// Whether 32 bits hold a weighted sum of samples, and half the area more.
bool Fits(const AreaAxis& columns, const AreaAxis& rows) {
  return int64_t{columns.total} * rows.total * 256 <= std::numeric_limits<int32_t>::max();
}

}  // namespace

Size FitMaxSide(int width, int height, int max_side) {
  const int longest = std::max(width, height);
  if (longest <= max_side || longest <= 0) return {.width = width, .height = height};
  const double scale = static_cast<double>(max_side) / longest;
  return {.width = FitSide(width, scale), .height = FitSide(height, scale)};
}

void LumaScaler::ResizeThrough(image::ImageView<uint8_t> in, Size size, bool limited_range,
                               image::Plane<uint8_t>& out) {
  if (in.empty() || size.width <= 0 || size.height <= 0) {
    out.Reset(0, 0);
    return;
  }
  if (SimdIsScalar() || !SmallEnough(in, size)) {
    return ResizeLumaRef(in, size, limited_range, out);
  }
  out.Reset(size.width, size.height);
  if (size == Size{.width = in.width, .height = in.height}) {
    return CopyOrExpand(in, limited_range, out);
  }
  columns_.Build(in.width, size.width);
  rows_.Build(in.height, size.height);
  if (!Fits(columns_, rows_)) return ResizeLumaRef(in, size, limited_range, out);
  const bool is_long = rows_.total * 255 > std::numeric_limits<uint16_t>::max();
  const size_t sums = static_cast<size_t>(in.width) + kSlack;
  low_sums_.resize(sums);
  if (is_long) high_sums_.resize(sums);
  totals_.resize(static_cast<size_t>(size.width) + kSlack);
  HWY_DYNAMIC_DISPATCH(Resize)
  ({.in = in,
    .columns = columns_,
    .rows = rows_,
    .limited_range = limited_range,
    .low_sums = low_sums_.data(),
    .high_sums = is_long ? high_sums_.data() : nullptr,
    .totals = totals_.data(),
    .out = out});
}

void LumaScaler::Downscale(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out) {
  ResizeThrough(frame.y, size, !frame.full_range, out);
}

void LumaScaler::Resize(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out) {
  ResizeThrough(in, size, false, out);
}

void DownscaleLuma(const image::FrameView& frame, Size size, image::Plane<uint8_t>& out) {
  LumaScaler().Downscale(frame, size, out);
}

void ResizeArea(image::ImageView<uint8_t> in, Size size, image::Plane<uint8_t>& out) {
  LumaScaler().Resize(in, size, out);
}

}  // namespace reelbatch::vision
#endif
