#pragma once

#include "image/plane.h"

namespace reelbatch::components::motion {

/// The movement of a camera that explains a flow best: every vector is (pan_x + zoom * x - roll *
/// y, pan_y + zoom * y + roll * x), x and y from the middle of the picture.
struct CameraFit {
  float pan_x = 0;      // px
  float pan_y = 0;      // px
  float zoom = 0;       // growth of the picture per pair: .01 is 1 %
  float roll = 0;       // radians
  float explained = 0;  // share of the vectors that lie near it, 0..1
};

/// Least squares on every fourth vector of every fourth row, then again on those near the first
/// answer, so that what moves in front of the camera counts less. A flow of 0 everywhere gives 0
/// and explained 1. Threads: pure.
CameraFit FitCamera(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y);

}  // namespace reelbatch::components::motion
