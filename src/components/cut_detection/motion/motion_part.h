#pragma once

#include <span>
#include <utility>
#include <vector>

#include "components/cut_detection/finding.h"
#include "components/cut_detection/motion/observations.h"
#include "contracts/cuts.h"
#include "image/plane.h"

namespace reelbatch::components::motion {

/// Movement of one video, from its optical flow. Memory: 29 bytes per pair.
class MotionPart {
 public:
  /// The next pair's flow, in px of its plane. `dt_s`: time between its frames.
  void Push(const image::Plane<float>& flow_x, const image::Plane<float>& flow_y, double dt_s);
  /// A pair without a flow: NaN in every signal.
  void PushNone();

  contracts::MotionSignals TakeSignals() { return std::move(signals_); }
  std::vector<Finding> Observe(const std::vector<bool>& boundary,
                               std::span<const double> pts_s) const {
    return motion::Observe(pairs_, boundary, pts_s);
  }

 private:
  contracts::MotionSignals signals_;
  std::vector<PairMotion> pairs_;
};

}  // namespace reelbatch::components::motion
