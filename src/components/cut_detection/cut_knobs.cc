#include "components/cut_detection/cut_knobs.h"

#include <algorithm>

#include "components/shared_flow.h"

namespace reelbatch::components {

using contracts::Preset;

std::vector<std::string> PartNames(const CutParts& parts) {
  std::vector<std::string> names;
  if (parts.hard) names.emplace_back("hard");
  if (parts.soft) names.emplace_back("soft");
  if (parts.motion) names.emplace_back("motion");
  return names;
}

CutParts PartsNamed(const std::vector<std::string>& names) {
  const auto has = [&](const char* name) { return std::ranges::find(names, name) != names.end(); };
  return {.hard = has("hard"), .soft = has("soft"), .motion = has("motion")};
}

std::string_view FlowSourceName(FlowSource source) {
  return source == FlowSource::kCoreOpticalFlow ? "core_optical_flow_norm_per_sec_mean"
                                                : "farneback_mean_mag_px";
}

std::string_view DecisionName(Decision decision) {
  return decision == Decision::kSeed ? "seed" : "adaptive";
}

CutKnobs KnobsOf(Preset preset) {
  CutKnobs knobs;
  knobs.preset = preset;
  knobs.flow_max_side = FlowMaxSide(preset);
  if (preset == Preset::kQuality) {
    knobs.ssim_max_side = 640;
  }
  if (preset == Preset::kFast) {
    knobs.ssim_max_side = 384;
    knobs.hard_cuts_cascade = true;
  }
  return knobs;
}

}  // namespace reelbatch::components
