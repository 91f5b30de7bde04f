#pragma once

#include <vector>

#include "contracts/video.h"

namespace reelbatch::contracts {

/// How much every frame moved against the one before it. Source: spec, cut_detection, "Reuse of
/// core_optical_flow".
struct OpticalFlowResult {
  Timeline timeline;
  int flow_max_side = 0;  // knob: the long side, px, that flow is computed at
  int width = 0;          // px of the plane that flow is computed on
  int height = 0;
  std::vector<float>
      motion_norm_per_sec_mean;   // mean(|flow|) / dt / max(width, height); 0 at index 0
  std::vector<float> dt_seconds;  // NaN at index 0
};

}  // namespace reelbatch::contracts
