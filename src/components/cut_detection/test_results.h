#pragma once

#include <string_view>
#include <vector>

#include "components/cut_detection/cut_detection.h"
#include "components/cut_detection/cut_detection_result.h"
#include "contracts/outcome.h"

namespace reelbatch::components {

inline bool HasCuts(const contracts::VideoOutcome& outcome) {
  return outcome.results.contains(kCutDetectionName);
}

/// The way back from a result's arrays and events, for tests: all but the knobs. Nothing where
/// there is no result.
inline CutDetectionResult CutsOf(const contracts::VideoOutcome& outcome) {
  CutDetectionResult cuts;
  const auto found = outcome.results.find(kCutDetectionName);
  if (found == outcome.results.end()) return cuts;
  const contracts::ComponentResult& result = found->second;
  const auto floats = [&result](std::string_view name) {
    return contracts::ArrayOf<float>(result, name);
  };
  const auto has = [&result](std::string_view name) {
    return contracts::FindArray(result, name) != nullptr;
  };
  cuts.timeline = contracts::SignalsOf(result, {}).timeline;
  cuts.signals = {.hist_diff_l1 = floats("hist_diff_l1"),
                  .ssim_drop = floats("ssim_drop"),
                  .flow_mag = floats("flow_mag"),
                  .hard_score = floats("hard_score"),
                  .threshold_hist = floats("threshold_hist"),
                  .threshold_ssim = floats("threshold_ssim"),
                  .threshold_flow = floats("threshold_flow")};
  if (has("soft_hsv_v")) {
    cuts.soft = SoftSignals{.hsv_v = floats("soft_hsv_v"),
                            .lab_l = floats("soft_lab_l"),
                            .hist_diff_l1 = floats("soft_hist_diff_l1"),
                            .flow_mag = floats("soft_flow_mag")};
  }
  if (has("motion_flow_mag")) {
    cuts.motion = MotionSignals{
        .flow_mag = floats("motion_flow_mag"),
        .dir_consistency = floats("motion_dir_consistency"),
        .mag_variance = floats("motion_mag_variance"),
        .camera_motion = contracts::ArrayOf<uint8_t>(result, "motion_camera_motion_flag")};
  }
  if (has("learned_single_frame_probability")) {
    cuts.learned = LearnedSignals{.single = floats("learned_single_frame_probability"),
                                  .all = floats("learned_all_frame_probability")};
  }
  cuts.width = result.events->width;
  cuts.height = result.events->height;
  cuts.events = result.events->events;
  cuts.candidates = result.events->candidates;
  cuts.shots = result.events->shots;
  cuts.warnings = result.events->warnings;
  return cuts;
}

}  // namespace reelbatch::components
