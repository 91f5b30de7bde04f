#pragma once

#include "image/plane.h"
#include "vision/flow_pyramid.h"
#include "vision/flow_update_ref.h"

namespace reelbatch::vision {

/// One iteration at one level: from two expansions and the flow so far, the flow that fits them
/// best over a box window around every sample, the edge repeated outside. The flow planes have the
/// level's size; the padding of their rows is used as well.
///
/// Error: the vector targets agree in every bit. Each vector lies within 1e-3 px + 1e-3 of its
/// length of that of the scalar reference, which sums in double; where the picture varies along one
/// direction only, rounding decides in both. Threads: one object per thread.   Memory: scratch of
/// about 100 rows of floats.
class FlowUpdate {
 public:
  static constexpr int kWindow = 15;
  static constexpr double kRegulariser = 1e-3;  // of the 2 x 2 solve, as OpenCV has it

  void operator()(const FlowLevel& level, image::Plane<float>& flow_x, image::Plane<float>& flow_y);

 private:
  FlowUpdateRef reference_;
  image::Plane<float> rows_;
};

}  // namespace reelbatch::vision
