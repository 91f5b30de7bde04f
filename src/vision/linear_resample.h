#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/plane.h"

namespace reelbatch::vision {

/// One axis of a separable linear filter: target i is the sum over k < taps of
/// weights[k * stride + i] * source[first[i] + k], with first[i] + taps <= source.
/// `first` never falls. Both are padded to `stride` targets, a multiple of 16, by targets that are
/// valid to compute and mean nothing.
struct AxisFilter {
  int source = 0;
  int target = 0;
  int taps = 0;
  ptrdiff_t stride = 0;
  std::vector<int> first;
  std::vector<float> weights;
};

/// A blur by `kernel` (odd length, centred; outside the source: mirrored without repeating the
/// edge, as OpenCV's BORDER_REFLECT_101) followed by bilinear resizing (pixel centres at .5, edge
/// repeated, as OpenCV's INTER_LINEAR): both are linear, so one filter does them, and only where it
/// is asked.
AxisFilter MakeBlurAndResize(int source, int target, std::span<const double> kernel);

/// Filters `in` along both axes, rows first, into `out` (columns.target x rows.target), times
/// `gain`. Equal to the scalar reference ResampleLinearRef in every bit, for every target.
/// `in` has columns.source x rows.source samples, at any address. The padding of out's rows is
/// written too. `row` is scratch that the caller keeps.   T: uint8_t or float.   Threads: pure.
template <class T>
void ResampleLinear(image::ImageView<T> in, const AxisFilter& columns, const AxisFilter& rows,
                    float gain, std::vector<float>& row, image::Plane<float>& out);

}  // namespace reelbatch::vision
