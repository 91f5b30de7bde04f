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
constexpr int kEdge = 16;  // samples of edge around a row: at least a window's reach, and a vector
constexpr int kPad = 2 * kEdge;

// Note [Sums without subtraction]
//
// A running sum that subtracts what leaves the window keeps the rounding of everything it ever
// held: below a strong texture, nothing of a weak one's float sums would be left. So nothing is
// ever subtracted, and float is enough (the squares' sums keep their relative accuracy). Along a
// row, fifteen neighbours are five sums of three. Down the columns, rows are taken in blocks of a
// window's height: a window is the last rows of one block, summed when that block was full
// (suffix), and the first rows of the next (prefix):
//
//   rows      |a b c d e|f g h i j|      a window of five rows, say
//   c..g   =   c+d+e (suffix 2 of the first block) + f+g (prefix of the second)
//
// The image's first and last row are entered once more for every row that the window reaches
// beyond.

// Scratch, kEquations rows each. Every row has kPad samples before and after it.
struct Rows {
  float* first;
  ptrdiff_t stride;

  float* at(ptrdiff_t row) const { return first + row * stride; }
  float* built(int e) const { return at(e); }                    // one row's equations
  float* thirds(int e) const { return at(kEquations + e); }      // sums of three of them
  float* prefix(int e) const { return at(2 * kEquations + e); }  // of the block being filled
  // The block's row at `place`, or, in the block before, the sum from there to its end. The row
  // after the last place stays zero.
  float* suffix(int place, int e) const { return at((3 + place) * kEquations + e); }

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
using V = hn::Vec<D>;

// Fused, these would save 7 % of the time, and SSE4 would round otherwise than the rest.
HWY_INLINE V ProductPlus(V a, V b, V c) { return hn::Add(hn::Mul(a, b), c); }
HWY_INLINE V ProductMinus(V a, V b, V c) { return hn::Sub(hn::Mul(a, b), c); }

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

using M = hn::Mask<D>;

HWY_INLINE Terms Select(M which, const Terms& yes, const Terms& no) {
  return {.x = hn::IfThenElse(which, yes.x, no.x),
          .y = hn::IfThenElse(which, yes.y, no.y),
          .xx = hn::IfThenElse(which, yes.xx, no.xx),
          .yy = hn::IfThenElse(which, yes.yy, no.yy),
          .xy = hn::IfThenElse(which, yes.xy, no.xy)};
}

// How a vector of samples is put together: bilinear weights of the four samples around a target,
// where the left ones of these are, and which lanes start one line further than the others.
struct Blend {
  V w00;
  V w01;
  V w10;
  V w11;
#if HWY_TARGET <= HWY_AVX3
  __m512i left = {};  // in a window of two vectors
#else
  M next_column = {};  // one column further than the others
#endif
  M next_line = {};
};

// The samples left and right of the targets, in one line. Unless kApart, all lanes start at `from`.
template <bool kApart>
HWY_INLINE void LoadPair(D d, const float* from, const Blend& blend, V& left, V& right) {
  left = hn::LoadU(d, from);
#if HWY_TARGET <= HWY_AVX3
  if constexpr (kApart) {
    const V window = hn::LoadU(d, from + hn::Lanes(d));
    const __m512i next = _mm512_add_epi32(blend.left, _mm512_set1_epi32(1));
    right = V{_mm512_permutex2var_ps(left.raw, next, window.raw)};
    left = V{_mm512_permutex2var_ps(left.raw, blend.left, window.raw)};
    return;
  }
#endif
  right = hn::LoadU(d, from + 1);
#if HWY_TARGET > HWY_AVX3
  if constexpr (kApart) {
    left = hn::IfThenElse(blend.next_column, right, left);
    right = hn::IfThenElse(blend.next_column, hn::LoadU(d, from + 2), right);
  }
#endif
}

template <bool kApart, bool kTwoLines>
HWY_INLINE V BlendTerm(D d, const float* from, ptrdiff_t row_stride, const Blend& blend) {
  V t00;
  V t01;
  V t10;
  V t11;
  LoadPair<kApart>(d, from, blend, t00, t01);
  LoadPair<kApart>(d, from + row_stride, blend, t10, t11);
  if constexpr (kTwoLines) {
    V t20;
    V t21;
    LoadPair<kApart>(d, from + 2 * row_stride, blend, t20, t21);
    t00 = hn::IfThenElse(blend.next_line, t10, t00);
    t01 = hn::IfThenElse(blend.next_line, t11, t01);
    t10 = hn::IfThenElse(blend.next_line, t20, t10);
    t11 = hn::IfThenElse(blend.next_line, t21, t11);
  }
  const V top = ProductPlus(blend.w01, t01, hn::Mul(blend.w00, t00));
  return ProductPlus(blend.w11, t11, ProductPlus(blend.w10, t10, top));
}

// Where the current frame's terms lie.
struct Source {
  const float* first;
  ptrdiff_t row_stride;
  ptrdiff_t term_stride;

  template <bool kApart, bool kTwoLines>
  HWY_INLINE Terms At(D d, ptrdiff_t start, const Blend& blend) const {
    const auto term = [&](int t) HWY_ATTR {
      return BlendTerm<kApart, kTwoLines>(d, first + start + t * term_stride, row_stride, blend);
    };
    return {.x = term(Expansion::kX),
            .y = term(Expansion::kY),
            .xx = term(Expansion::kXX),
            .yy = term(Expansion::kYY),
            .xy = term(Expansion::kXY)};
  }
};

// Where a vector's samples lead: each by whole numbers of samples, and whether that is inside.
struct Targets {
  V columns;
  V lines;
  M inside;
};

// Which of the samples of two neighbouring lines one turn takes, those whose columns are within
// reach, and the first column that is read, relative to a sample's own.
struct Turn {
  M these;
  float column;
};

#if HWY_TARGET <= HWY_AVX3
constexpr float kReach = 8;  // columns to the left of the first sample's, and one less to the right

HWY_INLINE Turn TakeTurn(D d, const Targets& targets, M rest, float column, Blend& blend) {
  const auto lanes = static_cast<float>(hn::Lanes(d));
  const V by_column = hn::Sub(targets.columns, hn::Set(d, column - kReach));
  const M reached = hn::And(hn::Ge(by_column, hn::Zero(d)), hn::Lt(by_column, hn::Set(d, lanes)));
  const hn::RebindToSigned<D> di;
  blend.left = _mm512_and_si512(hn::ConvertTo(di, hn::Add(by_column, hn::Iota(d, 0.0F))).raw,
                                _mm512_set1_epi32(31));
  return {.these = hn::And(rest, reached), .column = column - kReach};
}
#else
// Mostly the targets lie around one grid line or crossing: then their columns differ by one.
HWY_INLINE Turn TakeTurn(D d, const Targets& targets, M rest, float column, Blend& blend) {
  if (!hn::AllFalse(d, hn::And(rest, hn::Lt(targets.columns, hn::Set(d, column))))) column -= 1;
  const V by_column = hn::Sub(targets.columns, hn::Set(d, column));
  blend.next_column = hn::Eq(by_column, hn::Set(d, 1.0F));
  const M reached = hn::Or(blend.next_column, hn::Eq(by_column, hn::Zero(d)));
  return {.these = hn::And(rest, reached), .column = column};
}
#endif

// Neighbours that do not all move by the same whole numbers. `start` is where a sample that does
// not move is read.
HWY_INLINE Terms MovedApart(D d, const Source& source, ptrdiff_t start, const Targets& targets,
                            Blend blend, const Terms& outside) {
  HWY_ALIGN float columns[hn::MaxLanes(d)];
  HWY_ALIGN float lines[hn::MaxLanes(d)];
  hn::Store(targets.columns, d, columns);
  hn::Store(targets.lines, d, lines);
  const auto any = [&](M which) HWY_ATTR { return !hn::AllFalse(d, which); };
  Terms moved = outside;
  for (M rest = targets.inside; any(rest);) {
    const auto first = hn::FindFirstTrue(d, rest);
    float line = lines[first];
    if (any(hn::And(rest, hn::Lt(targets.lines, hn::Set(d, line))))) line -= 1;
    const V by_line = hn::Sub(targets.lines, hn::Set(d, line));
    blend.next_line = hn::Eq(by_line, hn::Set(d, 1.0F));
    const M near = hn::And(rest, hn::Or(blend.next_line, hn::Eq(by_line, hn::Zero(d))));
    const Turn turn = TakeTurn(d, targets, near, columns[first], blend);
    const ptrdiff_t from = start + static_cast<ptrdiff_t>(line) * source.row_stride +
                           static_cast<ptrdiff_t>(turn.column);
    const M these = turn.these;
    moved = Select(these,
                   any(hn::And(these, blend.next_line)) ? source.At<true, true>(d, from, blend)
                                                        : source.At<true, false>(d, from, blend),
                   moved);
    rest = hn::AndNot(these, rest);
  }
  return moved;
}

// What stays the same along a row.
struct RowConstants {
  V y;
  V right;  // the first column outside
  V bottom;
  V last_column;
  V last_line;
};

// The current frame's terms where the flow leads from the samples at x and to the right of it,
// bilinear; outside, the previous frame's own quadratic with no linear part, which leaves the flow
// to itself. Flow is smooth, so that neighbours mostly move by the same whole numbers of samples:
// vectors are read, not gathered.
HWY_INLINE Terms Moved(D d, const Source& source, const RowConstants& row, V x, ptrdiff_t start,
                       V flow_x, V flow_y, const Terms& own) {
  const V zero = hn::Zero(d);
  const V minus_one = hn::Set(d, -1.0F);
  // Outside is outside, however far: the clamp keeps the conversion to integers defined.
  const V to_x = hn::Min(hn::Max(hn::Add(x, flow_x), minus_one), row.right);
  const V to_y = hn::Min(hn::Max(hn::Add(row.y, flow_y), minus_one), row.bottom);
  const V column = hn::Floor(to_x);
  const V line = hn::Floor(to_y);
  const M inside_x = hn::And(hn::Ge(column, zero), hn::Lt(column, row.last_column));
  const M inside_y = hn::And(hn::Ge(line, zero), hn::Lt(line, row.last_line));
  const Targets targets{.columns = hn::Sub(column, x),
                        .lines = hn::Sub(line, row.y),
                        .inside = hn::And(inside_x, inside_y)};

  const V part_x = hn::Sub(to_x, column);
  const V part_y = hn::Sub(to_y, line);
  const V w11 = hn::Mul(part_x, part_y);
  const V w10 = hn::Sub(part_y, w11);
  const Blend blend{.w00 = hn::Sub(hn::Sub(hn::Set(d, 1.0F), part_x), w10),
                    .w01 = hn::Sub(part_x, w11),
                    .w10 = w10,
                    .w11 = w11};
  const float first_column = hn::GetLane(targets.columns);
  const float first_line = hn::GetLane(targets.lines);
  const M together = hn::And(hn::Eq(targets.columns, hn::Set(d, first_column)),
                             hn::Eq(targets.lines, hn::Set(d, first_line)));
  if (hn::AllTrue(d, hn::And(targets.inside, together))) {
    const ptrdiff_t from = start + static_cast<ptrdiff_t>(first_line) * source.row_stride +
                           static_cast<ptrdiff_t>(first_column);
    return source.At<false, false>(d, from, blend);
  }
  const Terms outside{.x = zero, .y = zero, .xx = own.xx, .yy = own.yy, .xy = own.xy};
  return MovedApart(d, source, start, targets, blend, outside);
}

// Writes row y's equations into built(), the edge repeated to both sides.
void BuildRow(const FlowLevel& level, int y, const float* HWY_RESTRICT flow_x_row,
              const float* HWY_RESTRICT flow_y_row, Rows rows) {
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
  const Source source{.first = level.current.row(y),
                      .row_stride = level.current.row_stride(),
                      .term_stride = stride};
  const RowConstants constants{.y = hn::Set(d, static_cast<float>(y)),
                               .right = hn::Set(d, static_cast<float>(level.width)),
                               .bottom = hn::Set(d, static_cast<float>(level.height)),
                               .last_column = hn::Set(d, static_cast<float>(level.width - 1)),
                               .last_line = hn::Set(d, static_cast<float>(level.height - 1))};
  const int width = level.width;
  const V half = hn::Set(d, 0.5F);
  // The terms stay doubled until the weight halves them all at once.
  const V half_row_weight = hn::Set(d, level.row_weights[static_cast<size_t>(y)] * 0.5F);
  V columns = hn::Iota(d, 0.0F);
  for (int x = 0; x < width; x += lanes) {
    const V flow_x = hn::Load(d, flow_x_row + x);
    const V flow_y = hn::Load(d, flow_y_row + x);
    const Terms own = LoadTerms(d, own_row + x, stride);
    const Terms moved = Moved(d, source, constants, columns, x, flow_x, flow_y, own);
    columns = hn::Add(columns, hn::Set(d, static_cast<float>(lanes)));
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
    const V right = hn::Set(d, row[width - 1]);
    for (int x = 0; x < kEdge; x += lanes) {
      hn::Store(left, d, row - kEdge + x);
      hn::StoreU(right, d, row + width + x);
    }
  }
}

// Sums of three neighbours, as far around the row as a window reaches.
void SumThirds(int width, Rows rows) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int e = 0; e < kEquations; ++e) {
    const float* HWY_RESTRICT const row = rows.built(e);
    float* HWY_RESTRICT const thirds = rows.thirds(e);
    for (int x = -std::max(lanes, kRadius + 1); x < width + kRadius; x += lanes) {
      const V sum = hn::Add(hn::Add(hn::LoadU(d, row + x - 1), hn::LoadU(d, row + x + 1)),
                            hn::Load(d, row + x));
      hn::Store(sum, d, thirds + x);
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
void EnterRow(int width, int place, Rows rows, float* HWY_RESTRICT flow_x,
              float* HWY_RESTRICT flow_y) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  // Sums stand for means here, hence the scale of the regulariser.
  constexpr double kSamples = FlowUpdate::kWindow * FlowUpdate::kWindow;
  const V regulariser =
      hn::Set(d, static_cast<float>(FlowUpdate::kRegulariser * kSamples * kSamples));
  const float* const thirds = rows.thirds(0);
  float* const prefixes = rows.prefix(0);
  float* const here = rows.suffix(place, 0);
  const float* const after = rows.suffix(place + 1, 0);
  for (int x = 0; x < width; x += lanes) {
    const auto enter = [&](int e) HWY_ATTR {
      const ptrdiff_t at = e * rows.stride + x;
      const V sum = SumFifteen(d, thirds + at);
      const V prefix = hn::Add(hn::Load(d, prefixes + at), sum);
      hn::Store(sum, d, here + at);
      hn::Store(prefix, d, prefixes + at);
      return hn::Add(prefix, hn::Load(d, after + at));
    };
    const V g11 = enter(kG11);
    const V g12 = enter(kG12);
    const V g22 = enter(kG22);
    const V h1 = enter(kH1);
    const V h2 = enter(kH2);
    if constexpr (kSolve) {
      const V determinant = hn::Add(ProductMinus(g11, g22, hn::Mul(g12, g12)), regulariser);
      const V inverse = hn::Div(hn::Set(d, 1.0F), determinant);
      hn::Store(hn::Mul(ProductMinus(g11, h2, hn::Mul(g12, h1)), inverse), d, flow_x + x);
      hn::Store(hn::Mul(ProductMinus(g22, h1, hn::Mul(g12, h2)), inverse), d, flow_y + x);
    }
  }
}

// Turns the rows of a full block into the sums from each to the block's end.
void CloseBlock(int width, Rows rows) {
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

void ClearSums(int width, Rows rows) {
  for (int e = 0; e < kEquations; ++e) {
    std::fill_n(rows.prefix(e), width, 0.0F);
    std::fill_n(rows.suffix(FlowUpdate::kWindow, e), width, 0.0F);
  }
}

// A row's equations are built from the flow before the iteration: a row is solved kRadius rows
// after its equations are built.
void Update(const FlowLevel& level, Rows rows, image::Plane<float>& flow_x,
            image::Plane<float>& flow_y) {
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
  rows_.Reset(kPad + level.previous.term_stride() + kPad, Rows::kCount);
  const Rows rows{.first = rows_.row(0) + kPad, .stride = rows_.stride()};
  HWY_DYNAMIC_DISPATCH(Update)(level, rows, flow_x, flow_y);
}

}  // namespace reelbatch::vision
#endif  // HWY_ONCE
