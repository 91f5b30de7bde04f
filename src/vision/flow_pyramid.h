#pragma once

#include <vector>

#include "image/plane.h"
#include "vision/linear_resample.h"
#include "vision/polynomial_expansion.h"

namespace reelbatch::vision {

/// Two expansions and what leads to them, at one level of the pyramid.
struct FlowLevel {
  int width = 0;
  int height = 0;
  AxisFilter columns;  // full size, blurred, to this level
  AxisFilter rows;
  AxisFilter flow_columns;  // the next coarser level's flow to this one; unset in the coarsest
  AxisFilter flow_rows;
  std::vector<float> column_weights;  // trust near the edges; padded by zeros to 16 samples
  std::vector<float> row_weights;
  Expansion previous;
  Expansion current;
};

/// A level has this share of the width and height of the one before it.
inline constexpr double kFlowPyramidScale = 0.5;

/// The levels of a pyramid, the full size first: OpenCV's for levels 3, pyr_scale .5, of which
/// those with a side below 32 px are left out.   Example: 320 x 180 -> 320 x 180, 160 x 90, 80
/// x 45.
std::vector<FlowLevel> MakeFlowLevels(int width, int height);

}  // namespace reelbatch::vision
