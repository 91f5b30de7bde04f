#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/linear_resample.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#include "vision/linear_resample.h"
#include "vision/linear_resample_ref.h"
#include "vision/simd.h"

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

V LoadAsFloat(D d, const float* from) { return hn::LoadU(d, from); }
V LoadAsFloat(D d, const uint8_t* from) {
  const hn::Rebind<uint8_t, D> bytes;
  const hn::RebindToSigned<D> integers;
  return hn::ConvertTo(d, hn::PromoteTo(integers, hn::LoadU(bytes, from)));
}

// One row of the source's width from `taps` rows; `weights` are `stride` apart.
struct RowFilter {
  const float* weights;
  ptrdiff_t stride;
  int taps;
  float gain;
};

// Products and sums stay apart, one tap after another, as in the scalar reference: that is what
// makes every target's samples the same.
template <class T>
V FilteredRows(D d, const T* from, ptrdiff_t row_stride, const RowFilter& filter) {
  V sum = hn::Zero(d);
  for (int k = 0; k < filter.taps; ++k) {
    const V weight = hn::Set(d, filter.weights[k * filter.stride] * filter.gain);
    sum = hn::Add(sum, hn::Mul(weight, LoadAsFloat(d, from + k * row_stride)));
  }
  return sum;
}

template <class T>
void FilterRows(const T* from, ptrdiff_t row_stride, const RowFilter& filter, int width,
                float* HWY_RESTRICT out) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  int x = 0;
  for (; x + lanes <= width; x += lanes) {
    hn::StoreU(FilteredRows(d, from + x, row_stride, filter), d, out + x);
  }
  if (x == width) return;
  if (width >= lanes) {  // some samples once more
    x = width - lanes;
    hn::StoreU(FilteredRows(d, from + x, row_stride, filter), d, out + x);
    return;
  }
  for (; x < width; ++x) {
    float sum = 0;
    for (int k = 0; k < filter.taps; ++k) {
      sum += filter.weights[k * filter.stride] * filter.gain *
             static_cast<float>(from[k * row_stride + x]);
    }
    out[x] = sum;
  }
}

#if HWY_TARGET != HWY_SCALAR
// Every second of the samples from `from` on.
HWY_INLINE V LoadHalf(D d, const float* from) {
  return hn::ConcatEven(d, hn::LoadU(d, from + hn::Lanes(d)), hn::LoadU(d, from));
}

// Every fourth.
HWY_INLINE V LoadQuarter(D d, const float* from) {
  return hn::ConcatEven(d, LoadHalf(d, from + 2 * hn::Lanes(d)), LoadHalf(d, from));
}
#endif

// `row` can be read a whole vector beyond the source's width.
void FilterColumns(const float* HWY_RESTRICT row, const AxisFilter& filter,
                   float* HWY_RESTRICT out) {
  const D d;
  const hn::RebindToSigned<D> di;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto lane = hn::Iota(di, 0);
  for (int x = 0; x < filter.target; x += lanes) {
    const int* const firsts = filter.first.data() + x;
    const float* const weights = filter.weights.data() + x;
    const auto from = hn::Sub(hn::LoadU(di, firsts), hn::Set(di, firsts[0]));
    const float* const source = row + firsts[0];
    V sum = hn::Zero(d);
    const auto add = [&](int k, V samples) HWY_ATTR {
      sum = hn::Add(sum, hn::Mul(hn::LoadU(d, weights + k * filter.stride), samples));
    };
    const auto every = [&](int step) HWY_ATTR {
      return hn::AllTrue(di, hn::Eq(from, hn::Mul(lane, hn::Set(di, step))));
    };
    if (every(1)) {
      for (int k = 0; k < filter.taps; ++k) add(k, hn::LoadU(d, source + k));
    } else if (firsts[lanes - 1] - firsts[0] + filter.taps <= lanes) {
      const V near = hn::LoadU(d, source);
      for (int k = 0; k < filter.taps; ++k) {
        const auto where = hn::IndicesFromVec(d, hn::Add(from, hn::Set(di, k)));
        add(k, hn::TableLookupLanes(near, where));
      }
#if HWY_TARGET != HWY_SCALAR  // of one lane, which is always the first case
    } else if (every(2)) {
      for (int k = 0; k < filter.taps; ++k) add(k, LoadHalf(d, source + k));
    } else if (every(4)) {
      for (int k = 0; k < filter.taps; ++k) add(k, LoadQuarter(d, source + k));
#endif
    } else {
      for (int k = 0; k < filter.taps; ++k) add(k, hn::GatherIndex(d, source + k, from));
    }
    hn::Store(sum, d, out + x);
  }
}

template <class T>
void Resample(const image::ImageView<T>& in, const AxisFilter& columns, const AxisFilter& rows,
              float gain, float* row, image::Plane<float>& out) {
  for (int y = 0; y < rows.target; ++y) {
    const RowFilter filter{
        .weights = rows.weights.data() + y, .stride = rows.stride, .taps = rows.taps, .gain = gain};
    FilterRows(in.row(rows.first[static_cast<size_t>(y)]), in.stride, filter, in.width, row);
    FilterColumns(row, columns, out.row(y));
  }
}

void ResampleBytes(const image::ImageView<uint8_t>& in, const AxisFilter& columns,
                   const AxisFilter& rows, float gain, float* row, image::Plane<float>& out) {
  Resample(in, columns, rows, gain, row, out);
}
void ResampleFloats(const image::ImageView<float>& in, const AxisFilter& columns,
                    const AxisFilter& rows, float gain, float* row, image::Plane<float>& out) {
  Resample(in, columns, rows, gain, row, out);
}

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {

HWY_EXPORT(ResampleBytes);
HWY_EXPORT(ResampleFloats);

template <class T>
void ResampleLinear(image::ImageView<T> in, const AxisFilter& columns, const AxisFilter& rows,
                    float gain, std::vector<float>& row, image::Plane<float>& out) {
  if (SimdIsScalar()) return ResampleLinearRef(in, columns, rows, gain, row, out);
  constexpr size_t kWidestVector = 16;
  out.Reset(columns.target, rows.target);
  row.resize(std::max(row.size(), static_cast<size_t>(in.width) + kWidestVector));
  if constexpr (std::is_same_v<T, float>) {
    HWY_DYNAMIC_DISPATCH(ResampleFloats)(in, columns, rows, gain, row.data(), out);
  } else {
    HWY_DYNAMIC_DISPATCH(ResampleBytes)(in, columns, rows, gain, row.data(), out);
  }
}

template void ResampleLinear(image::ImageView<uint8_t>, const AxisFilter&, const AxisFilter&, float,
                             std::vector<float>&, image::Plane<float>&);
template void ResampleLinear(image::ImageView<float>, const AxisFilter&, const AxisFilter&, float,
                             std::vector<float>&, image::Plane<float>&);

}  // namespace reelbatch::vision
#endif  // HWY_ONCE
