#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/flow_update.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "vision/flow_update.h"
#include "vision/simd.h"

#ifndef REELBATCH_VISION_FLOW_UPDATE_ROWS_
#define REELBATCH_VISION_FLOW_UPDATE_ROWS_
namespace reelbatch::vision {
namespace {

// The normal equations of the displacement at one sample: {g11 g12; g12 g22} d = {h1, h2}.
enum Equation : uint8_t { kG11, kG12, kG22, kH1, kH2, kEquations };

constexpr int kRadius = FlowUpdate::kWindow / 2;
constexpr int kPad = 16;      // samples in the widest vector: room before a row
constexpr int kPadAfter = 32;  // room after a row's own padding: a vector, and the window

// Scratch, kEquations rows each. See Note [Sums without subtraction].
struct Rows {
  image::Plane<float>& plane;

  float* built(int e) const { return plane.row(e) + kPad; }
  float* thirds(int e) const { return plane.row(kEquations + e) + kPad; }
  float* prefix(int e) const { return plane.row(2 * kEquations + e) + kPad; }
  float* suffix(int place, int e) const { return plane.row((3 + place) * kEquations + e) + kPad; }

  static constexpr int kCount = (3 + FlowUpdate::kWindow + 1) * kEquations;
};

}  // namespace
}  // namespace reelbatch::vision
#endif

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using DI = hn::RebindToSigned<D>;
using V = hn::Vec<D>;
using VI = hn::Vec<DI>;

#ifdef FLOW_FMA
HWY_INLINE V ProductPlus(V a, V b, V c) { return hn::MulAdd(a, b, c); }
HWY_INLINE V ProductMinus(V a, V b, V c) { return hn::MulSub(a, b, c); }
#else
HWY_INLINE V ProductPlus(V a, V b, V c) { return hn::Add(hn::Mul(a, b), c); }
HWY_INLINE V ProductMinus(V a, V b, V c) { return hn::Sub(hn::Mul(a, b), c); }
#endif

// A vector of each of an expansion's terms.
struct Terms {
  V x;
  V y;
  V xx;
  V yy;
  V xy;
};

HWY_INLINE Terms LoadTerms(D d, const float* from, ptrdiff_t stride) {
  return {.x = hn::Load(d, from + Expansion::kX * stride),
          .y = hn::Load(d, from + Expansion::kY * stride),
          .xx = hn::Load(d, from + Expansion::kXX * stride),
          .yy = hn::Load(d, from + Expansion::kYY * stride),
          .xy = hn::Load(d, from + Expansion::kXY * stride)};
}

struct Weights {
  V w00;
  V w01;
  V w10;
  V w11;
};

HWY_INLINE V Blend(D d, const float* from, ptrdiff_t row_stride, const Weights& w) {
  V sum = hn::Mul(w.w00, hn::LoadU(d, from));
  sum = ProductPlus(w.w01, hn::LoadU(d, from + 1), sum);
  sum = ProductPlus(w.w10, hn::LoadU(d, from + row_stride), sum);
  return ProductPlus(w.w11, hn::LoadU(d, from + row_stride + 1), sum);
}

HWY_INLINE Terms BlendTerms(D d, const float* from, const Expansion& expansion, const Weights& w) {
  const ptrdiff_t stride = expansion.term_stride();
  const ptrdiff_t row_stride = expansion.row_stride();
  return {.x = Blend(d, from + Expansion::kX * stride, row_stride, w),
          .y = Blend(d, from + Expansion::kY * stride, row_stride, w),
          .xx = Blend(d, from + Expansion::kXX * stride, row_stride, w),
          .yy = Blend(d, from + Expansion::kYY * stride, row_stride, w),
          .xy = Blend(d, from + Expansion::kXY * stride, row_stride, w)};
}

using M = hn::Mask<D>;

HWY_INLINE Terms Select(M which, const Terms& yes, const Terms& no) {
  return {.x = hn::IfThenElse(which, yes.x, no.x),
          .y = hn::IfThenElse(which, yes.y, no.y),
          .xx = hn::IfThenElse(which, yes.xx, no.xx),
          .yy = hn::IfThenElse(which, yes.yy, no.yy),
          .xy = hn::IfThenElse(which, yes.xy, no.xy)};
}

// The current frame's terms where the flow leads from the samples at x and to the right of it,
// bilinear; outside, the previous frame's own quadratic with no linear part, which leaves the flow
// to itself. Flow is smooth: neighbours mostly move by the same whole number of samples, so a
// vector is read once per such number, instead of gathered.
HWY_INLINE Terms Moved(D d, const FlowLevel& level, int x, int y, V flow_x, V flow_y,
                       const Terms& own) {
  const DI di;
  const V minus_one = hn::Set(d, -1.0F);
  const VI lane = hn::Iota(di, 0);
  const V at_x = hn::ConvertTo(d, hn::Add(lane, hn::Set(di, x)));
  const V to_x = hn::Min(hn::Max(hn::Add(at_x, flow_x), minus_one),
                         hn::Set(d, static_cast<float>(level.width)));
  const V to_y = hn::Min(hn::Max(hn::Add(hn::Set(d, static_cast<float>(y)), flow_y), minus_one),
                         hn::Set(d, static_cast<float>(level.height)));
  const V column = hn::Floor(to_x);
  const V line = hn::Floor(to_y);
  const V zero = hn::Zero(d);
  const M inside_x = hn::And(hn::Ge(column, zero),
                             hn::Lt(column, hn::Set(d, static_cast<float>(level.width - 1))));
  const M inside_y = hn::And(hn::Ge(line, zero),
                             hn::Lt(line, hn::Set(d, static_cast<float>(level.height - 1))));
  const M inside = hn::And(inside_x, inside_y);

  const V part_x = hn::Sub(to_x, column);
  const V part_y = hn::Sub(to_y, line);
  const V w11 = hn::Mul(part_x, part_y);
  const V w10 = hn::Sub(part_y, w11);
  const Weights weights{.w00 = hn::Sub(hn::Sub(hn::Set(d, 1.0F), part_x), w10),
                        .w01 = hn::Sub(part_x, w11),
                        .w10 = w10,
                        .w11 = w11};

  const Expansion& current = level.current;
  const auto row_stride = static_cast<int>(current.row_stride());
  const VI start = hn::Add(hn::Mul(hn::ConvertTo(di, line), hn::Set(di, row_stride)),
                           hn::Sub(hn::ConvertTo(di, column), lane));
  HWY_ALIGN int32_t starts[hn::MaxLanes(di)];
  hn::Store(start, di, starts);

  const float* const samples = current.row(0);
  const Terms outside{.x = zero, .y = zero, .xx = own.xx, .yy = own.yy, .xy = own.xy};
  if (hn::AllTrue(d, hn::And(inside, hn::RebindMask(d, hn::Eq(start, hn::Set(di, starts[0])))))) {
    return BlendTerms(d, samples + starts[0], current, weights);
  }
  Terms moved = outside;
  M rest = inside;
  while (!hn::AllFalse(d, rest)) {
    const int32_t next = starts[hn::FindFirstTrue(d, rest)];
    const M same = hn::And(rest, hn::RebindMask(d, hn::Eq(start, hn::Set(di, next))));
    moved = Select(same, BlendTerms(d, samples + next, current, weights), moved);
    rest = hn::AndNot(same, rest);
  }
  return moved;
}

// Writes row y's equations into built(), the edge repeated to both sides.
void BuildRow(const FlowLevel& level, int y, const float* HWY_RESTRICT flow_x_row,
              const float* HWY_RESTRICT flow_y_row, const Rows& rows) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const ptrdiff_t stride = level.previous.term_stride();
  const float* const own_row = level.previous.row(y);
  const float* const column_weights = level.column_weights.data();
  float* HWY_RESTRICT const g11 = rows.built(kG11);
  float* HWY_RESTRICT const g12 = rows.built(kG12);
  float* HWY_RESTRICT const g22 = rows.built(kG22);
  float* HWY_RESTRICT const h1 = rows.built(kH1);
  float* HWY_RESTRICT const h2 = rows.built(kH2);
  const V half = hn::Set(d, 0.5F);
  // The terms stay doubled until the weight halves them all at once.
  const V half_row_weight = hn::Set(d, level.row_weights[static_cast<size_t>(y)] * 0.5F);
  for (int x = 0; x < level.width; x += lanes) {
    const V flow_x = hn::Load(d, flow_x_row + x);
    const V flow_y = hn::Load(d, flow_y_row + x);
    const Terms own = LoadTerms(d, own_row + x, stride);
    const Terms moved = Moved(d, level, x, y, flow_x, flow_y, own);
    const V weight = hn::Mul(hn::LoadU(d, column_weights + x), half_row_weight);
    V yy = hn::Add(own.yy, moved.yy);
    V xx = hn::Add(own.xx, moved.xx);
    V xy = hn::Mul(hn::Add(own.xy, moved.xy), half);
    V by = ProductPlus(xy, flow_x, ProductPlus(yy, flow_y, hn::Sub(own.y, moved.y)));
    V bx = ProductPlus(xx, flow_x, ProductPlus(xy, flow_y, hn::Sub(own.x, moved.x)));
    by = hn::Mul(by, weight);
    bx = hn::Mul(bx, weight);
    yy = hn::Mul(yy, weight);
    xx = hn::Mul(xx, weight);
    xy = hn::Mul(xy, weight);
    const V xy_squared = hn::Mul(xy, xy);
    hn::Store(ProductPlus(yy, yy, xy_squared), d, g11 + x);
    hn::Store(hn::Mul(hn::Add(yy, xx), xy), d, g12 + x);
    hn::Store(ProductPlus(xx, xx, xy_squared), d, g22 + x);
    hn::Store(ProductPlus(yy, by, hn::Mul(xy, bx)), d, h1 + x);
    hn::Store(ProductPlus(xy, by, hn::Mul(xx, bx)), d, h2 + x);
  }
  for (int e = 0; e < kEquations; ++e) {
    float* const row = rows.built(e);
    const V left = hn::Set(d, row[0]);
    const V right = hn::Set(d, row[level.width - 1]);
    for (int x = 0; x < kPad; x += lanes) {
      hn::Store(left, d, row - kPad + x);
      hn::StoreU(right, d, row + level.width + x);
    }
  }
}

// Sums of three neighbours, from 8 samples before the row to 8 after it.
void SumThirds(int width, const Rows& rows) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int e = 0; e < kEquations; ++e) {
    const float* HWY_RESTRICT const row = rows.built(e);
    float* HWY_RESTRICT const thirds = rows.thirds(e);
    for (int x = -kRadius - 1; x < width + kRadius; x += lanes) {
      const V sum = hn::Add(hn::Add(hn::LoadU(d, row + x - 1), hn::LoadU(d, row + x + 1)),
                            hn::LoadU(d, row + x));
      hn::StoreU(sum, d, thirds + x);
    }
  }
}

HWY_INLINE V SumFifteen(D d, const float* thirds) {
  const V outer = hn::Add(hn::LoadU(d, thirds - 6), hn::LoadU(d, thirds + 6));
  const V inner = hn::Add(hn::LoadU(d, thirds - 3), hn::LoadU(d, thirds + 3));
  return hn::Add(hn::Add(outer, inner), hn::LoadU(d, thirds));
}

// Takes the row in thirds() as the next of its block, at `place`; with kSolve, solves the window
// that it completes.
template <bool kSolve>
void EnterRow(int width, int place, const Rows& rows, float* HWY_RESTRICT flow_x,
              float* HWY_RESTRICT flow_y) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  // Sums stand for means here, hence the scale of the regulariser.
  constexpr double kSamples = FlowUpdate::kWindow * FlowUpdate::kWindow;
  const V regulariser =
      hn::Set(d, static_cast<float>(FlowUpdate::kRegulariser * kSamples * kSamples));
  for (int x = 0; x < width; x += lanes) {
    const auto enter = [&](int e) HWY_ATTR {
      const V sum = SumFifteen(d, rows.thirds(e) + x);
      const V prefix = hn::Add(hn::Load(d, rows.prefix(e) + x), sum);
      hn::Store(sum, d, rows.suffix(place, e) + x);
      hn::Store(prefix, d, rows.prefix(e) + x);
      return hn::Add(prefix, hn::Load(d, rows.suffix(place + 1, e) + x));
    };
    const V g11 = enter(kG11);
    const V g12 = enter(kG12);
    const V g22 = enter(kG22);
    const V h1 = enter(kH1);
    const V h2 = enter(kH2);
    if constexpr (kSolve) {
      const V determinant =
          hn::Add(ProductMinus(g11, g22, hn::Mul(g12, g12)), regulariser);
      const V inverse = hn::Div(hn::Set(d, 1.0F), determinant);
      hn::Store(hn::Mul(ProductMinus(g11, h2, hn::Mul(g12, h1)), inverse), d, flow_x + x);
      hn::Store(hn::Mul(ProductMinus(g22, h1, hn::Mul(g12, h2)), inverse), d, flow_y + x);
    }
  }
}

// Turns the rows of a full block into the sums from each to the block's end.
void CloseBlock(int width, const Rows& rows) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int e = 0; e < kEquations; ++e) {
    for (int x = 0; x < width; x += lanes) {
      V sum = hn::Zero(d);
      hn::Store(sum, d, rows.prefix(e) + x);
      for (int place = FlowUpdate::kWindow - 1; place > 0; --place) {
        sum = hn::Add(sum, hn::Load(d, rows.suffix(place, e) + x));
        hn::Store(sum, d, rows.suffix(place, e) + x);
      }
    }
  }
}

void ClearSums(int width, const Rows& rows) {
  for (int e = 0; e < kEquations; ++e) {
    std::fill_n(rows.prefix(e), width, 0.0F);
    std::fill_n(rows.suffix(FlowUpdate::kWindow, e), width, 0.0F);
  }
}

// A row's equations are built from the flow before the iteration: a row is solved kRadius rows
// after its equations are built.
void Update(const FlowLevel& level, image::Plane<float>& plane, image::Plane<float>& flow_x,
            image::Plane<float>& flow_y) {
  const Rows rows{plane};
  const int width = level.width;
  const int last = level.height - 1;
  ClearSums(level.previous.term_stride(), rows);
  int place = 0;
  for (int entering = -kRadius; entering <= last + kRadius; ++entering) {
    const int y = std::clamp(entering, 0, last);
    if (entering == -kRadius || (entering > 0 && entering <= last)) {
      BuildRow(level, y, flow_x.row(y), flow_y.row(y), rows);
      SumThirds(width, rows);
    }
    const int solved = entering - kRadius;
    if (solved < 0) {
      EnterRow<false>(width, place, rows, nullptr, nullptr);
    } else {
      EnterRow<true>(width, place, rows, flow_x.row(solved), flow_y.row(solved));
    }
    if (++place == FlowUpdate::kWindow) {
      CloseBlock(width, rows);
      place = 0;
    }
  }
}

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {

HWY_EXPORT(Update);

void FlowUpdate::operator()(const FlowLevel& level, image::Plane<float>& flow_x,
                            image::Plane<float>& flow_y) {
  if (SimdIsScalar()) return reference_(level, flow_x, flow_y);
  rows_.Reset(kPad + level.previous.term_stride() + kPadAfter, Rows::kCount);
  HWY_DYNAMIC_DISPATCH(Update)(level, rows_, flow_x, flow_y);
}

}  // namespace reelbatch::vision
#endif  // HWY_ONCE
