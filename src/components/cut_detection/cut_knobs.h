#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/preset.h"

namespace reelbatch::components {

enum class Decision : uint8_t { kAdaptive, kSeed };
std::string_view DecisionName(Decision decision);

/// Where the flow signal comes from; each has a unit of its own, and thresholds are never shared
/// between them.
enum class FlowSource : uint8_t {
  kFarnebackPx,      // mean length, px of the downscaled image
  kCoreOpticalFlow,  // core_optical_flow's mean length per second as a share of the long side
};
/// The name of the unit: "farneback_mean_mag_px" or "core_optical_flow_norm_per_sec_mean". Source:
/// docs/requirements.md, "Flow units".
std::string_view FlowSourceName(FlowSource source);

/// The kinds of events that are looked for.
struct CutParts {
  bool hard = true;
  bool soft = true;     // fades, dissolves, wipes
  bool motion = false;  // observations
  friend bool operator==(const CutParts&, const CutParts&) = default;
};
/// Their names in the order hard, soft, motion, and the way back.
std::vector<std::string> PartNames(const CutParts& parts);
CutParts PartsNamed(const std::vector<std::string>& names);

/// Everything that changes a number in the artifact. It is hashed into config_hash.
struct CutKnobs {
  contracts::Preset preset = contracts::Preset::kDefault;
  std::string preset_reason;  // "S=720" or "--preset"; not hashed
  Decision decision = Decision::kAdaptive;
  CutParts parts;
  int ssim_max_side = 512;
  int flow_max_side = 320;
  bool ssim_range_255 = false;  // false: dynamic range of the second frame
  FlowSource flow_source = FlowSource::kFarnebackPx;
  bool core_flow_missed = false;  // core_optical_flow was preferred, but did not run
  /// Results that were preferred and are not taken, because they stand on other frames: why, one
  /// sentence each.
  std::vector<std::string> other_frames = {};
  /// transnetv2's probabilities are one more signal, where it gave any. Not with Decision::kSeed.
  bool learned = false;
  /// SSIM and flow only where the histogram changes much; NaN elsewhere. Changes hard cuts only.
  bool hard_cuts_cascade = false;
  double cascade_keep_top_p = 0.25;
  double cascade_hist_margin = 0;
  /// The confidence threshold between events and low-confidence candidates. The rules are
  /// calibrated for 0.5.
  double min_confidence = kMinConfidence;
  static constexpr double kMinConfidence = 0.5;
  friend bool operator==(const CutKnobs&, const CutKnobs&) = default;
};

/// The sizes of a preset. Source: docs/requirements.md, "Presets of cut detection".
CutKnobs KnobsOf(contracts::Preset preset);

}  // namespace reelbatch::components
