#pragma once

#include <span>
#include <vector>

#include "components/cut_detection/finding.h"

namespace reelbatch::components::motion {

/// How the picture moves from one frame to the next, in parts of its long side per second, so that
/// neither size nor frame rate matters.
struct PairMotion {
  float speed = 0;      // mean length of all vectors
  float pan = 0;        // of the camera
  float zoom = 0;       // growth per second; below 0 it shrinks
  float explained = 0;  // CameraFit::explained
};

/// What kinds of movement are seen, by time: whip pans, zooms, speed ramps, and bursts of movement
/// that are none of these. Pure. `boundary[pair]`: a shot ends there or a gradual transition is
/// under way, so that nothing is compared across. `pts_s` has one entry more than `pairs`.
std::vector<Finding> Observe(std::span<const PairMotion> pairs, const std::vector<bool>& boundary,
                             std::span<const double> pts_s);

}  // namespace reelbatch::components::motion
