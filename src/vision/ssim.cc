#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/ssim.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/highway.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>

#include "vision/simd.h"
#include "vision/ssim.h"

#ifndef REELBATCH_VISION_SSIM_SIZES_
#define REELBATCH_VISION_SSIM_SIZES_
namespace reelbatch::vision {
namespace {

constexpr int kWindow = 7;
constexpr int kSamples = kWindow * kWindow;

struct Levels {
  uint8_t low = 255;
  uint8_t high = 0;
};

}  // namespace
}  // namespace reelbatch::vision
#endif

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

using Bytes = image::ImageView<uint8_t>;

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

int64_t SumScores(Bytes a, Bytes b, const SsimConstants& constants) {
  return SsimRef().Sum(a, b, kWindow, constants);
}

#else

namespace hn = hwy::HWY_NAMESPACE;
using D16 = hn::ScalableTag<int16_t>;
using D32 = hn::ScalableTag<int32_t>;
using DF = hn::ScalableTag<float>;
using DPairs = hn::Rebind<uint8_t, D16>;
using DBlock = hn::Full128<uint16_t>;
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;
using VF = hn::Vec<DF>;
using Block = hn::Vec<DBlock>;

// Note [Bands]: neighbouring positions of a row sit not in neighbouring lanes but at neighbouring
// addresses. A row's positions are cut into 16 bands of `steps` each; lane i works in band i, and
// all lanes step through their bands together. So a window moves on by adding what enters it and
// subtracting what leaves it, one vector each, where neighbouring lanes would need six additions of
// unaligned vectors. Two samples, of a and of b, stand side by side: one multiplication of pairs
// gives a * a + b * b, with one of the two swapped 2 * a * b.
constexpr int kBands = 16;
constexpr int kMostSteps = 64;  // wider planes are cut into panels; bounds the stack
constexpr int kMostColumns = kMostSteps + kWindow - 1;
constexpr int kBlock = 8;  // columns that are transposed together
constexpr int kPaddedColumns = (kMostColumns + kBlock - 1) / kBlock * kBlock;
constexpr int kPanel = kBands * kMostSteps;
constexpr int kKeptRows = kWindow + 1;  // and the one that leaves

struct Panel {
  HWY_ALIGN uint8_t rows[kKeptRows][kPaddedColumns][2 * kBands];  // a, b of each band
  HWY_ALIGN uint8_t no_row[kPaddedColumns][2 * kBands];           // zeros
  HWY_ALIGN int16_t levels[kMostColumns][2 * kBands];             // column sums: of a, of b,
  HWY_ALIGN int32_t squares[kMostColumns][kBands];                // a * a + b * b,
  HWY_ALIGN int32_t products[kMostColumns][kBands];               // 2 * a * b
  HWY_ALIGN int32_t inside[kMostSteps][kBands];                   // all bits where a position is
  uint8_t padded_a[kPanel + 64];
  uint8_t padded_b[kPanel + 64];
  int steps;
};

// Eight vectors of eight lanes; each round rotates the six bits of a lane's place by one.
HWY_INLINE void Transpose(Block (&v)[8]) {
  const DBlock d;
  for (int round = 0; round < 3; ++round) {
    Block w[8];
    for (int i = 0; i < 4; ++i) {
      w[2 * i] = hn::InterleaveLower(d, v[i], v[i + 4]);
      w[2 * i + 1] = hn::InterleaveUpper(d, v[i], v[i + 4]);
    }
    for (int i = 0; i < 8; ++i) v[i] = w[i];
  }
}

// The row's bands side by side.
void ReadRow(const uint8_t* a, const uint8_t* b, int width, Panel& panel, int y) {
  const hn::Half<hn::Full128<uint8_t> > half;
  const hn::Full128<uint8_t> d;
  std::memcpy(panel.padded_a, a, static_cast<size_t>(width));
  std::memcpy(panel.padded_b, b, static_cast<size_t>(width));
  uint8_t(*const out)[2 * kBands] = panel.rows[y % kKeptRows];
  const int columns = panel.steps + kWindow - 1;
  for (int column = 0; column < columns; column += kBlock) {
    for (int band = 0; band < kBands; band += 8) {
      Block v[8];
      for (int i = 0; i < 8; ++i) {
        const int from = (band + i) * panel.steps + column;
        const auto lower_a = hn::LoadU(half, panel.padded_a + from);
        const auto lower_b = hn::LoadU(half, panel.padded_b + from);
        v[i] = hn::BitCast(DBlock(), hn::InterleaveLower(d, hn::ZeroExtendVector(d, lower_a),
                                                         hn::ZeroExtendVector(d, lower_b)));
      }
      Transpose(v);
      for (int i = 0; i < 8; ++i) {
        hn::Store(hn::BitCast(d, v[i]), d, out[column + i] + ptrdiff_t{2} * band);
      }
    }
  }
}

HWY_INLINE V32 PairSums(V16 a, V16 b) {
  const D32 d;
  V32 rest = hn::Zero(d);
  const V32 sum = hn::ReorderWidenMulAccumulate(d, a, b, hn::Zero(d), rest);
  return hn::RearrangeToOddPlusEven(sum, rest);
}

HWY_INLINE V16 SwapPairs(V16 v) {
  const hn::RebindToUnsigned<D32> d;
  return hn::BitCast(D16(), hn::RotateRight<16>(hn::BitCast(d, v)));
}

struct Window {
  V16 levels;
  V32 squares;
  V32 products;
};

// Some of the bands of a panel: as many as a vector has lanes.
class BandGroup {
 public:
  BandGroup(Panel& panel, int band, const SsimConstants& constants)
      : panel_(panel),
        band_(band),
        c1_(hn::Set(DF(), constants.c1)),
        c2_(hn::Set(DF(), constants.c2)) {}

  // Column sums only.
  void Move(const uint8_t (*entering)[2 * kBands], const uint8_t (*leaving)[2 * kBands]) const {
    for (int x = 0; x < panel_.steps + kWindow - 1; ++x) MoveColumn(entering[x], leaving[x], x);
  }

  // And the scores of a row of positions.
  V32 MoveAndScore(const uint8_t (*entering)[2 * kBands],
                   const uint8_t (*leaving)[2 * kBands]) const {
    const D16 d16;
    const D32 d;
    Window window = {hn::Zero(d16), hn::Zero(d), hn::Zero(d)};
    const auto enter = [&](int x) HWY_ATTR {
      const Window column = MoveColumn(entering[x], leaving[x], x);
      window.levels = hn::Add(window.levels, column.levels);
      window.squares = hn::Add(window.squares, column.squares);
      window.products = hn::Add(window.products, column.products);
    };
    for (int x = 0; x < kWindow - 1; ++x) enter(x);
    V32 total = hn::Zero(d);
    const int steps = panel_.steps;
    for (int x = 0; x < steps; ++x) {
      enter(x + kWindow - 1);
      const V32 inside = hn::Load(d, panel_.inside[x] + band_);
      total = hn::Add(total, hn::And(Score(window), inside));
      window.levels =
          hn::Sub(window.levels, hn::Load(d16, panel_.levels[x] + ptrdiff_t{2} * band_));
      window.squares = hn::Sub(window.squares, hn::Load(d, panel_.squares[x] + band_));
      window.products = hn::Sub(window.products, hn::Load(d, panel_.products[x] + band_));
    }
    return total;
  }

 private:
  // With n entering and o leaving, n * n - o * o is (n - o) * (n + o).
  HWY_INLINE Window MoveColumn(const uint8_t* entering, const uint8_t* leaving, int x) const {
    const D16 d16;
    const D32 d;
    const DPairs d8;
    int16_t* const levels = panel_.levels[x] + ptrdiff_t{2} * band_;
    int32_t* const squares = panel_.squares[x] + band_;
    int32_t* const products = panel_.products[x] + band_;
    const V16 in = hn::PromoteTo(d16, hn::LoadU(d8, entering + ptrdiff_t{2} * band_));
    const V16 out = hn::PromoteTo(d16, hn::LoadU(d8, leaving + ptrdiff_t{2} * band_));
    const V16 difference = hn::Sub(in, out);
    const V16 sum = hn::Add(in, out);
    const Window column = {hn::Add(hn::Load(d16, levels), difference),
                           hn::Add(hn::Load(d, squares), PairSums(difference, sum)),
                           hn::Add(hn::Load(d, products), PairSums(difference, SwapPairs(sum)))};
    hn::Store(column.levels, d16, levels);
    hn::Store(column.squares, d, squares);
    hn::Store(column.products, d, products);
    return column;
  }

  // As SsimRef::SumScores, step by step.
  HWY_INLINE V32 Score(const Window& window) const {
    const D32 d;
    const DF df;
    const V32 samples = hn::Set(d, kSamples);
    const V32 means = PairSums(window.levels, SwapPairs(window.levels));  // twice their product
    const V32 mean_squares = PairSums(window.levels, window.levels);
    const V32 covariance = hn::Sub(hn::Mul(window.products, samples), means);  // twice
    const V32 variances = hn::Sub(hn::Mul(window.squares, samples), mean_squares);
    const VF above = hn::Mul(hn::Add(hn::ConvertTo(df, means), c1_),
                             hn::Add(hn::ConvertTo(df, covariance), c2_));
    const VF below = hn::Mul(hn::Add(hn::ConvertTo(df, mean_squares), c1_),
                             hn::Add(hn::ConvertTo(df, variances), c2_));
    const VF score = hn::Add(hn::Div(above, below), hn::Set(df, kScoreBase));
    return hn::Sub(hn::BitCast(d, score), hn::Set(d, kScoreBaseBits));
  }

  Panel& panel_;
  int band_;
  VF c1_;
  VF c2_;
};

// `width` positions from the planes' left edge on.
int64_t SumPanel(Bytes a, Bytes b, int width, const SsimConstants& constants, Panel& panel) {
  const D32 d;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  std::memset(&panel, 0, sizeof(panel));
  panel.steps = (width + kBands - 1) / kBands;
  for (int step = 0; step < panel.steps; ++step) {
    for (int band = 0; band < kBands; ++band) {
      panel.inside[step][band] = band * panel.steps + step < width ? -1 : 0;
    }
  }
  const int columns = width + kWindow - 1;
  int64_t total = 0;
  for (int y = 0; y < a.height; ++y) {
    ReadRow(a.row(y), b.row(y), columns, panel, y);
    const auto* const entering = panel.rows[y % kKeptRows];
    const auto* const leaving = y < kWindow ? panel.no_row : panel.rows[(y + 1) % kKeptRows];
    for (int band = 0; band < kBands; band += lanes) {
      const BandGroup group(panel, band, constants);
      if (y < kWindow - 1) {
        group.Move(entering, leaving);
      } else {
        HWY_ALIGN int32_t scores[kBands];  // each of up to kMostSteps * kScoreOne
        hn::Store(group.MoveAndScore(entering, leaving), d, scores);
        total = std::accumulate(scores, scores + lanes, total);
      }
    }
  }
  return total;
}

int64_t SumScores(Bytes a, Bytes b, const SsimConstants& constants) {
  Panel panel;
  const int positions = a.width - kWindow + 1;
  int64_t total = 0;
  for (int x = 0; x < positions; x += kPanel) {
    const Bytes right_a{a.data + x, a.width - x, a.height, a.stride};
    const Bytes right_b{b.data + x, b.width - x, b.height, b.stride};
    total += SumPanel(right_a, right_b, std::min(positions - x, kPanel), constants, panel);
  }
  return total;
}

#endif

Levels LevelsOf(Bytes plane) {
  Levels levels;
  for (int y = 0; y < plane.height; ++y) {
    const uint8_t* const row = plane.row(y);
    int x = 0;
#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
    const hn::ScalableTag<uint8_t> d;
    const auto lanes = static_cast<int>(hn::Lanes(d));
    if (plane.width >= lanes) {
      auto low = hn::LoadU(d, row);
      auto high = low;
      for (; x + lanes <= plane.width; x += lanes) {
        const auto samples = hn::LoadU(d, row + x);
        low = hn::Min(low, samples);
        high = hn::Max(high, samples);
      }
      HWY_ALIGN uint8_t ends[2][HWY_MAX_BYTES];
      hn::Store(low, d, ends[0]);
      hn::Store(high, d, ends[1]);
      levels.low = std::min(levels.low, *std::min_element(ends[0], ends[0] + lanes));
      levels.high = std::max(levels.high, *std::max_element(ends[1], ends[1] + lanes));
    }
#endif
    for (; x < plane.width; ++x) {
      levels.low = std::min(levels.low, row[x]);
      levels.high = std::max(levels.high, row[x]);
    }
  }
  return levels;
}

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {
namespace {

HWY_EXPORT(LevelsOf);
HWY_EXPORT(SumScores);

double SpreadOf(image::ImageView<uint8_t> plane) {
  const Levels levels = HWY_DYNAMIC_DISPATCH(LevelsOf)(plane);
  return levels.high > levels.low ? levels.high - levels.low : 1;
}

int WindowOf(int side) { return side >= 7 ? 7 : side >= 5 ? 5 : side >= 3 ? 3 : 1; }

}  // namespace

double Ssim::operator()(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, SsimRange range) {
  assert(a.width == b.width && a.height == b.height);
  if (a.empty()) return 1;
  const int window = WindowOf(std::min(a.width, a.height));
  const SsimConstants constants =
      SsimConstantsOf(window, range == SsimRange::k255 ? 255.0 : SpreadOf(b));
  const int64_t sum = window == kWindow && !SimdIsScalar()
                          ? HWY_DYNAMIC_DISPATCH(SumScores)(a, b, constants)
                          : ref_.Sum(a, b, window, constants);
  const double positions = static_cast<double>(a.width - window + 1) * (a.height - window + 1);
  return static_cast<double>(sum) / (static_cast<double>(kScoreOne) * positions);
}

}  // namespace reelbatch::vision
#endif
