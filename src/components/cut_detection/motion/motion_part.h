#pragma once

#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "components/cut_detection/cut_detection_result.h"
#include "components/cut_detection/cut_knobs.h"
#include "components/cut_detection/finding.h"
#include "components/cut_detection/motion/observations.h"
#include "contracts/events.h"
#include "image/plane.h"

namespace reelbatch::components::motion {

/// What the motion part keeps of a pair. Of one without a flow: NaN in every signal.
struct MotionMeasure {
  float flow_mag = std::numeric_limits<float>::quiet_NaN();
  float dir_consistency = std::numeric_limits<float>::quiet_NaN();
  float mag_variance = std::numeric_limits<float>::quiet_NaN();
  bool camera_motion = false;
  PairMotion pair;
};

/// Of a flow in px of its plane. `dt_s`: time between the pair's frames. Threads: pure.
MotionMeasure MeasureMotion(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y,
                            double dt_s);

/// Movement of one video, from its optical flow. Memory: 29 bytes per pair.
class MotionPart {
 public:
  void Push(const MotionMeasure& pair);

  MotionSignals TakeSignals() { return std::move(signals_); }
  std::vector<Finding> Observe(const std::vector<bool>& boundary,
                               std::span<const double> pts_s) const {
    return motion::Observe(pairs_, boundary, pts_s);
  }

 private:
  MotionSignals signals_;
  std::vector<PairMotion> pairs_;
};

}  // namespace reelbatch::components::motion
