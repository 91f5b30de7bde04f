#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/flow_statistics.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "vision/flow_statistics.h"
#include "vision/flow_statistics_ref.h"
#include "vision/simd.h"

#ifndef REELBATCH_VISION_FLOW_STATISTICS_SUMS_
#define REELBATCH_VISION_FLOW_STATISTICS_SUMS_
namespace reelbatch::vision {
namespace {

struct FlowSums {
  double x = 0;
  double y = 0;
  double magnitude = 0;
  double square = 0;
};

// Every target adds column x to partial sum x % kPartialSums, so that all round alike.
constexpr int kPartialSums = 16;

}  // namespace
}  // namespace reelbatch::vision
#endif

HWY_BEFORE_NAMESPACE();
namespace reelbatch::vision::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

void AddRow(const float* HWY_RESTRICT dx_row, const float* HWY_RESTRICT dy_row, int width,
            FlowSums& sums) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  HWY_ALIGN float x_sums[kPartialSums] = {};
  HWY_ALIGN float y_sums[kPartialSums] = {};
  HWY_ALIGN float magnitudes[kPartialSums] = {};
  HWY_ALIGN float squares[kPartialSums] = {};
  const auto add = [&](V samples, float* partial)
                       HWY_ATTR { hn::Store(hn::Add(hn::Load(d, partial), samples), d, partial); };
  for (int x = 0; x < width; x += lanes) {
    const auto inside = hn::FirstN(d, static_cast<size_t>(width - x));
    const V dx = hn::IfThenElseZero(inside, hn::Load(d, dx_row + x));
    const V dy = hn::IfThenElseZero(inside, hn::Load(d, dy_row + x));
    const V square = hn::Add(hn::Mul(dx, dx), hn::Mul(dy, dy));
    const int at = x % kPartialSums;
    add(dx, x_sums + at);
    add(dy, y_sums + at);
    add(hn::Sqrt(square), magnitudes + at);
    add(square, squares + at);
  }
  for (int i = 0; i < kPartialSums; ++i) {
    sums.x += x_sums[i];
    sums.y += y_sums[i];
    sums.magnitude += magnitudes[i];
    sums.square += squares[i];
  }
}

FlowSums Sum(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y) {
  FlowSums sums;
  for (int y = 0; y < flow_x.height(); ++y) {
    AddRow(flow_x.row(y), flow_y.row(y), flow_x.width(), sums);
  }
  return sums;
}

}  // namespace
}  // namespace reelbatch::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reelbatch::vision {

HWY_EXPORT(Sum);

FlowStatistics StatisticsOf(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y) {
  if (SimdIsScalar()) return StatisticsOfRef(flow_x, flow_y);
  if (flow_x.view().empty()) return {};
  const FlowSums sums = HWY_DYNAMIC_DISPATCH(Sum)(flow_x, flow_y);
  const double samples = static_cast<double>(flow_x.width()) * flow_x.height();
  const double mean = sums.magnitude / samples;
  FlowStatistics statistics{
      .mean_magnitude = mean,
      .magnitude_variance = std::max(sums.square / samples - mean * mean, 0.0)};
  if (sums.magnitude > 0) {
    statistics.direction_consistency =
        std::min(std::sqrt(sums.x * sums.x + sums.y * sums.y) / sums.magnitude, 1.0);
  }
  return statistics;
}

}  // namespace reelbatch::vision
#endif  // HWY_ONCE
