#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/histogram.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "vision/histogram.h"
#include "vision/histogram_ref.h"
#include "vision/histogram_weights.h"
#include "vision/simd.h"

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

ValueHistogram CountFrame(const image::FrameView& frame, const ValueWeights& /*weights*/) {
  return ValueHistogramOfRef(frame);
}

#else

namespace hn = hwy::HWY_NAMESPACE;
using D8 = hn::ScalableTag<uint8_t>;
using D16 = hn::ScalableTag<uint16_t>;
using DI16 = hn::ScalableTag<int16_t>;
using D32 = hn::ScalableTag<int32_t>;
using D64 = hn::ScalableTag<uint64_t>;
using V8 = hn::Vec<D8>;
using V16 = hn::Vec<D16>;
using VI16 = hn::Vec<DI16>;
using V32 = hn::Vec<D32>;
using V64 = hn::Vec<D64>;

constexpr size_t kMaxBytes = HWY_MAX_BYTES;

// The first `count` samples, fewer than the vector holds; zeros behind them.
template <class D>
HWY_INLINE hn::Vec<D> LoadFirst(D d, const uint8_t* samples, size_t count) {
  HWY_ALIGN uint8_t padded[kMaxBytes] = {};
  std::memcpy(padded, samples, count);
  return hn::Load(d, padded);
}

template <class D>
HWY_INLINE hn::Vec<D> LoadUpTo(D d, const uint8_t* samples, size_t count) {
  return count >= hn::Lanes(d) ? hn::LoadU(d, samples) : LoadFirst(d, samples, count);
}

// What each chroma sample adds to luma, in units (see ValueWeights).
class ChromaTerms {
 public:
  explicit ChromaTerms(const ValueWeights& weights)
      : red_(hn::Set(D32(), weights.red.weight)),
        red_offset_(hn::Set(D32(), weights.red.offset)),
        blue_(hn::Set(D32(), weights.blue.weight)),
        blue_offset_(hn::Set(D32(), weights.blue.offset)),
        high_(Pairs(weights.green_high)),
        high_offset_(hn::Set(D32(), weights.green_high.offset)),
        low_(Pairs(weights.green_low)),
        low_offset_(hn::Set(D32(), weights.green_low.offset)) {}

  HWY_INLINE V16 operator()(V16 cb, V16 cr) const {
    const D16 d16;
    const D32 d32;
    const V32 cbs = hn::BitCast(d32, cb);
    const V32 crs = hn::BitCast(d32, cr);
    const V32 even_half = hn::Set(d32, 0xFFFF);
    const V32 odd_cb = hn::ShiftRight<16>(cbs);
    const V16 even_pairs = hn::OddEven(hn::BitCast(d16, hn::ShiftLeft<16>(crs)), cb);
    const V16 odd_pairs = hn::OddEven(cr, hn::BitCast(d16, odd_cb));
    const V32 even = Largest(hn::And(cbs, even_half), hn::And(crs, even_half), even_pairs);
    const V32 odd = Largest(odd_cb, hn::ShiftRight<16>(crs), odd_pairs);
    // Q16: the whole units are the upper half of each lane.
    return hn::OddEven(hn::BitCast(d16, odd), hn::BitCast(d16, hn::ShiftRight<16>(even)));
  }

 private:
  static HWY_INLINE VI16 Pairs(const ValueWeights::Green& green) {
    const DI16 d;
    return hn::OddEven(hn::Set(d, green.cr), hn::Set(d, green.cb));
  }

  // Q16. `pairs`: cb in the lower and cr in the upper half of each lane.
  HWY_INLINE V32 Largest(V32 cb, V32 cr, V16 pairs) const {
    const VI16 samples = hn::BitCast(DI16(), pairs);
    const V32 red = hn::Add(hn::Mul(cr, red_), red_offset_);
    const V32 blue = hn::Add(hn::Mul(cb, blue_), blue_offset_);
    const V32 high = SumOfPairs(samples, high_, high_offset_);
    const V32 low = SumOfPairs(samples, low_, low_offset_);
    // Flooring high * 2^16 + low by 16 bits and then by the rest floors it by all.
    const V32 green = hn::Add(high, hn::ShiftRight<16>(low));
    constexpr int kToQ16 = ValueWeights::kRedBlueBits - (ValueWeights::kGreenBits - 16);
    return hn::Max(hn::Max(red, blue), hn::ShiftLeft<kToQ16>(green));
  }

  static HWY_INLINE V32 SumOfPairs(VI16 samples, VI16 weights, V32 offset) {
    const D32 d32;
    // The offset is added last: where the sums come in another order (NEON), a lane of the first
    // operand is not yet the lane of its pair.
    V32 rest = hn::Zero(d32);
    const V32 sum = hn::ReorderWidenMulAccumulate(d32, samples, weights, hn::Zero(d32), rest);
    return hn::Add(hn::RearrangeToOddPlusEven(sum, rest), offset);
  }

  V32 red_;
  V32 red_offset_;
  V32 blue_;
  V32 blue_offset_;
  VI16 high_;
  V32 high_offset_;
  VI16 low_;
  V32 low_offset_;
};

// Counts bins as positional population counts. Each bin becomes one bit of 32, held as four planes
// of bytes; carry-save adders sum the bits of 32 vectors without ever unpacking them, and only what
// carries out of the 32 is counted bit by bit. The time does not depend on the picture.
class BinCounter {
 public:
  // Most bins that one Append may write, and may spoil behind them.
  static constexpr size_t kMostAppended = 2048;
  static constexpr size_t kSpoilt = kMaxBytes;

  /// Room for kMostAppended + kSpoilt bytes. Write bins with Marked().
  HWY_INLINE uint8_t* Room() { return bins_ + filled_; }
  HWY_INLINE void Appended(size_t count) {
    filled_ += count;
    if (filled_ > kCapacity - kMostAppended - kSpoilt) CountBlocks();
  }

  // As the four table lookups want it: 0..15 as they are, from 16 on the highest bit is set.
  static HWY_INLINE V8 Marked(V8 bins) {
    const D8 d;
    const V8 moved = hn::BitCast(d, hn::ShiftLeft<3>(hn::BitCast(D16(), bins)));
    return hn::Or(bins, hn::And(moved, hn::Set(d, uint8_t{0x80})));
  }

  ValueHistogram Finish() {
    CountBlocks();
    const size_t padding = (kBlock - filled_ % kBlock) % kBlock;
    std::memset(Room(), 0, padding);
    filled_ += padding;
    CountBlocks();
    ValueHistogram histogram{};
    for (size_t bin = 0; bin < kValueBins; ++bin) histogram[bin] = Count(bin);
    histogram[0] -= static_cast<uint32_t>(padding);
    return histogram;
  }

 private:
  static constexpr size_t kPlanes = 4;  // of 8 bins
  static constexpr size_t kLevels = 5;
  static constexpr size_t kBlock = (size_t{1} << kLevels) * kMaxBytes;
  static constexpr size_t kCapacity = 8 * kBlock;  // stays in the first-level cache

  struct Plane {
    HWY_ALIGN uint64_t carries[kLevels][kMaxBytes / 8] = {};  // bits that weigh 2^level
    HWY_ALIGN uint64_t totals[8][kMaxBytes / 8] = {};  // bit k: count * 2^k, of 2^kLevels each
  };

  // 0..15 to one bit of the lower or of the upper plane.
  static HWY_INLINE V8 Table(size_t plane) {
    HWY_ALIGN static constexpr uint8_t kBits[2][16] = {
        {1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128}};
    return hn::LoadDup128(D8(), kBits[plane % 2]);
  }

  // The sum of 2^kLevel vectors of bits: what weighs less stays in carries, the rest is returned.
  template <size_t kLevel>
  static HWY_INLINE V8 Add(const uint8_t* bins, V8 table, V8 flip, V8* carries) {
    const D8 d;
    if constexpr (kLevel == 0) {
      return hn::TableLookupBytesOr0(table, hn::Xor(hn::Load(d, bins), flip));
    } else {
      const size_t half = hn::Lanes(d) << (kLevel - 1);
      const V8 a = Add<kLevel - 1>(bins, table, flip, carries);
      const V8 b = Add<kLevel - 1>(bins + half, table, flip, carries);
      V8& kept = carries[kLevel - 1];
      const V8 either = hn::Xor(a, b);
#if HWY_TARGET <= HWY_AVX3  // one instruction there, where elsewhere it does not select bit by bit
      const V8 carry = hn::IfVecThenElse(either, kept, a);
#else
      const V8 carry = hn::OrAnd(hn::And(a, b), either, kept);
#endif
      kept = hn::Xor(either, kept);
      return carry;
    }
  }

  HWY_NOINLINE void CountPlane(size_t index, size_t size) {
    const D8 d;
    const D64 d64;
    Plane& plane = planes_[index];
    const V8 table = Table(index);
    const V8 flip = hn::Set(d, static_cast<uint8_t>(index < 2 ? 0 : 0x90));
    V8 carries[kLevels];
    for (size_t i = 0; i < kLevels; ++i)
      carries[i] = hn::BitCast(d, hn::Load(d64, plane.carries[i]));
    for (size_t at = 0; at < size; at += hn::Lanes(d) << kLevels) {
      const V8 bits = Add<kLevels>(bins_ + at, table, flip, carries);
      for (size_t bit = 0; bit < 8; ++bit) {
        const V8 mask = hn::Set(d, static_cast<uint8_t>(1U << bit));
        const V64 sums = hn::SumsOf8(hn::And(bits, mask));
        hn::Store(hn::Add(hn::Load(d64, plane.totals[bit]), sums), d64, plane.totals[bit]);
      }
    }
    for (size_t i = 0; i < kLevels; ++i)
      hn::Store(hn::BitCast(d64, carries[i]), d64, plane.carries[i]);
  }

  // Counts whole blocks and moves what is left to the front.
  void CountBlocks() {
    const size_t whole = filled_ / kBlock * kBlock;
    for (size_t plane = 0; plane < kPlanes; ++plane) CountPlane(plane, whole);
    filled_ -= whole;
    std::memmove(bins_, bins_ + whole, filled_);
  }

  uint32_t Count(size_t bin) const {
    const Plane& plane = planes_[bin / 8];
    const size_t bit = bin % 8;
    uint64_t count = 0;
    for (const uint64_t total : plane.totals[bit]) count += total;
    count = (count >> bit) << kLevels;
    const uint64_t in_every_byte = 0x0101010101010101ULL << bit;
    for (size_t level = 0; level < kLevels; ++level) {
      uint64_t carried = 0;
      for (const uint64_t bits : plane.carries[level]) {
        carried += static_cast<uint64_t>(std::popcount(bits & in_every_byte));
      }
      count += carried << level;
    }
    return static_cast<uint32_t>(count);
  }

  HWY_ALIGN uint8_t bins_[kCapacity];
  size_t filled_ = 0;
  Plane planes_[kPlanes];
};

// A strip of a row of chroma, and of the rows of luma that share it.
class StripBins {
 public:
  static constexpr int kWidth = static_cast<int>(BinCounter::kMostAppended);  // of luma

  explicit StripBins(const ValueWeights& weights)
      : chroma_(weights),
        luma_(hn::Set(D16(), weights.luma)),
        last_raw_bin_(hn::Set(D8(), static_cast<uint8_t>(weights.bins_before + kValueBins - 1))),
        bins_before_(hn::Set(D8(), weights.bins_before)) {}

  void SetGray() {
    const D16 d;
    const V16 grey = hn::Set(d, uint16_t{128});
    const V16 terms = chroma_(grey, grey);
    for (size_t x = 0; x < kTerms; x += hn::Lanes(d)) hn::Store(terms, d, even_ + x);
    odd_terms_ = even_;
  }

  // `shift_x`: 0, 1 or 2. At most kWidth >> shift_x samples.
  void SetChroma(const uint8_t* cb, const uint8_t* cr, int count, int shift_x) {
    const auto samples = static_cast<size_t>(count);
    if (shift_x == 0) return SetFullChroma(cb, cr, samples);
    const D16 d;
    const hn::Half<D8> half;
    uint16_t* const terms = shift_x == 1 ? even_ : odd_;
    for (size_t x = 0; x < samples; x += hn::Lanes(d)) {
      const V16 wide_cb = hn::PromoteTo(d, LoadUpTo(half, cb + x, samples - x));
      const V16 wide_cr = hn::PromoteTo(d, LoadUpTo(half, cr + x, samples - x));
      hn::Store(chroma_(wide_cb, wide_cr), d, terms + x);
    }
    if (shift_x == 2) {
      for (size_t x = 0; x < 2 * samples; ++x) even_[x] = odd_[x / 2];
    }
    odd_terms_ = even_;
  }

  void CountRow(const uint8_t* y, int width, BinCounter& counter) const {
    const D8 d;
    const D16 d16;
    const auto samples = static_cast<size_t>(width);
    uint8_t* HWY_RESTRICT const bins = counter.Room();
    for (size_t x = 0; x < samples; x += hn::Lanes(d)) {
      const V8 luma = LoadUpTo(d, y + x, samples - x);
      const V8 found = Bins(luma, hn::Load(d16, even_ + x / 2), hn::Load(d16, odd_terms_ + x / 2));
      hn::StoreU(BinCounter::Marked(found), d, bins + x);
    }
    counter.Appended(samples);
  }

 private:
  static constexpr size_t kTerms = static_cast<size_t>(kWidth) / 2;

  void SetFullChroma(const uint8_t* cb, const uint8_t* cr, size_t samples) {
    const D8 d;
    const D16 d16;
    const V16 low_byte = hn::Set(d16, uint16_t{0xFF});
    for (size_t x = 0; x < samples; x += hn::Lanes(d)) {
      const V16 cbs = hn::BitCast(d16, LoadUpTo(d, cb + x, samples - x));
      const V16 crs = hn::BitCast(d16, LoadUpTo(d, cr + x, samples - x));
      hn::Store(chroma_(hn::And(cbs, low_byte), hn::And(crs, low_byte)), d16, even_ + x / 2);
      hn::Store(chroma_(hn::ShiftRight<8>(cbs), hn::ShiftRight<8>(crs)), d16, odd_ + x / 2);
    }
    odd_terms_ = odd_;
  }

  HWY_INLINE V8 Bins(V8 luma, V16 even_terms, V16 odd_terms) const {
    const D8 d;
    const D16 d16;
    const V16 factor = hn::Set(d16, ValueWeights::kBinFactor);
    const V16 both = hn::BitCast(d16, luma);
    const V16 even = hn::And(both, hn::Set(d16, uint16_t{0xFF}));
    const V16 odd = hn::ShiftRight<8>(both);
    const V16 even_high = hn::MulHigh(hn::Add(hn::Mul(even, luma_), even_terms), factor);
    const V16 odd_high = hn::MulHigh(hn::Add(hn::Mul(odd, luma_), odd_terms), factor);
    static_assert(ValueWeights::kBinShift > 8);
    const V16 odd_bins = hn::And(hn::ShiftRight<ValueWeights::kBinShift - 8>(odd_high),
                                 hn::Set(d16, uint16_t{0xFF00}));
    const V8 raw =
        hn::BitCast(d, hn::Or(hn::ShiftRight<ValueWeights::kBinShift>(even_high), odd_bins));
    return hn::SaturatedSub(hn::Min(raw, last_raw_bin_), bins_before_);
  }

  ChromaTerms chroma_;
  V16 luma_;
  V8 last_raw_bin_;
  V8 bins_before_;
  // Terms of the even and of the odd samples of luma; where two share a chroma sample, one array.
  HWY_ALIGN uint16_t even_[kTerms] = {};
  HWY_ALIGN uint16_t odd_[kTerms] = {};
  const uint16_t* odd_terms_ = odd_;
};

ValueHistogram CountFrame(const image::FrameView& frame, const ValueWeights& weights) {
  const bool gray = frame.gray();
  const int shift_x = gray ? 0 : frame.chroma_shift_x;
  const int shift_y = gray ? 0 : frame.chroma_shift_y;
  BinCounter counter;
  StripBins strip(weights);
  if (gray) strip.SetGray();
  for (int y_begin = 0; y_begin < frame.y.height; y_begin += 1 << shift_y) {
    const int y_end = std::min(frame.y.height, y_begin + (1 << shift_y));
    for (int x = 0; x < frame.y.width; x += StripBins::kWidth) {
      const int width = std::min(frame.y.width - x, StripBins::kWidth);
      if (!gray) {
        const int chroma_x = x >> shift_x;
        const int chroma_width = (width + (1 << shift_x) - 1) >> shift_x;
        strip.SetChroma(frame.u.row(y_begin >> shift_y) + chroma_x,
                        frame.v.row(y_begin >> shift_y) + chroma_x, chroma_width, shift_x);
      }
      for (int y = y_begin; y < y_end; ++y) strip.CountRow(frame.y.row(y) + x, width, counter);
    }
  }
  return counter.Finish();
}

#endif

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {
namespace {

HWY_EXPORT(CountFrame);

const ValueWeights& WeightsOf(bool full_range, bool bt709) {
  static const std::array<ValueWeights, 4> kWeights = {
      ValueWeights(false, false), ValueWeights(false, true), ValueWeights(true, false),
      ValueWeights(true, true)};
  return kWeights[(full_range ? 2U : 0U) + (bt709 ? 1U : 0U)];
}

// No format has fewer chroma samples per row than one for four of luma.
constexpr int kMostShift = 2;

}  // namespace

ValueHistogram ValueHistogramOf(const image::FrameView& frame) {
  if (SimdIsScalar() || frame.chroma_shift_x > kMostShift) return ValueHistogramOfRef(frame);
  return HWY_DYNAMIC_DISPATCH(CountFrame)(frame, WeightsOf(frame.full_range, frame.bt709));
}

ValueHistogram HistogramOf(image::ImageView<uint8_t> v) {
  return ValueHistogramOf({.y = v, .u = {}, .v = {}, .full_range = true});
}

float HistogramL1(const ValueHistogram& a, const ValueHistogram& b) {
  uint64_t sum_a = 0;
  uint64_t sum_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sum_a += a[i];
    sum_b += b[i];
  }
  if (sum_a == 0 || sum_b == 0) return 0;
  double distance = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    distance += std::abs(static_cast<double>(a[i]) / static_cast<double>(sum_a) -
                         static_cast<double>(b[i]) / static_cast<double>(sum_b));
  }
  return static_cast<float>(distance);
}

}  // namespace reelbatch::vision
#endif
