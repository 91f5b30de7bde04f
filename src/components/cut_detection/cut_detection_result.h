#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "components/cut_detection/cut_knobs.h"
#include "contracts/events.h"
#include "contracts/video.h"

namespace reelbatch::components {

/// One value per pair of the timeline. NaN where a signal was not computed.
struct PairSignals {
  std::vector<float> hist_diff_l1;
  std::vector<float> ssim_drop;
  std::vector<float> flow_mag;  // in the unit of CutKnobs::flow_source
  std::vector<float> hard_score;
  std::vector<float> threshold_hist;
  std::vector<float> threshold_ssim;
  std::vector<float> threshold_flow;
};

/// Of the soft part. Means over the coarse frame (40 x 22 samples at 16:9).
struct SoftSignals {
  std::vector<float> hsv_v;         // per frame, 0..1
  std::vector<float> lab_l;         // per frame, 0..1
  std::vector<float> hist_diff_l1;  // per pair: PairSignals::hist_diff_l1
  std::vector<float> flow_mag;      // per pair, as PairSignals: NaN where a cascade left flow out
};

/// Of the motion part, per pair: what vision::FlowStatistics says of the flow.
struct MotionSignals {
  std::vector<float> flow_mag;  // px of the downscaled image
  std::vector<float> dir_consistency;
  std::vector<float> mag_variance;     // px^2
  std::vector<uint8_t> camera_motion;  // 1: one movement of the camera explains the flow
};

/// What a model of shot boundaries said, per frame of the timeline: transnetv2's arrays.
struct LearnedSignals {
  std::vector<float> single;
  std::vector<float> all;
};

struct CutDetectionResult {
  CutKnobs knobs;
  int width = 0;  // px of the analysed frames
  int height = 0;
  contracts::Timeline timeline;
  PairSignals signals;
  std::optional<SoftSignals> soft;        // where the part ran
  std::optional<MotionSignals> motion;    // where the part ran
  std::optional<LearnedSignals> learned;  // where CutKnobs::learned, and the model answered
  std::vector<contracts::Event> events;   // by time; at most kMaxEvents, the strongest kept
  std::vector<contracts::Event>
      candidates;  // below the threshold, or next to a more certain event; the same limit
  std::vector<contracts::Shot> shots;
  std::vector<std::string> warnings;
  static constexpr size_t kMaxEvents = 4096;
};

}  // namespace reelbatch::components
