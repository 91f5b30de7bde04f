#include "contracts/cuts.h"

namespace reelbatch::contracts {

std::string_view PresetName(Preset preset) {
  switch (preset) {
    case Preset::kQuality:
      return "quality";
    case Preset::kDefault:
      return "default";
    case Preset::kFast:
      return "fast";
  }
  return "default";
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
  if (preset == Preset::kQuality) {
    knobs.ssim_max_side = 640;
    knobs.flow_max_side = 384;
  }
  if (preset == Preset::kFast) {
    knobs.ssim_max_side = 384;
    knobs.flow_max_side = 256;
    knobs.hard_cuts_cascade = true;
  }
  return knobs;
}

}  // namespace reelbatch::contracts
