#include "contracts/cuts.h"

#include <algorithm>

namespace reelbatch::contracts {

std::string_view EventTypeName(EventType type) {
  switch (type) {
    case EventType::kHard:
      return "hard";
    case EventType::kFadeIn:
      return "fade_in";
    case EventType::kFadeOut:
      return "fade_out";
    case EventType::kDissolve:
      return "dissolve";
    case EventType::kMotion:
      return "motion";
    case EventType::kWhipPan:
      return "whip_pan";
    case EventType::kZoom:
      return "zoom";
    case EventType::kSpeedRamp:
      return "speed_ramp";
    case EventType::kJump:
      return "jump";
    case EventType::kWipe:
      return "wipe";
    case EventType::kFadeThrough:
      return "fade_through";
  }
  return "hard";
}

bool IsObservation(EventType type) {
  switch (type) {
    case EventType::kMotion:
    case EventType::kWhipPan:
    case EventType::kZoom:
    case EventType::kSpeedRamp:
      return true;
    default:
      return false;
  }
}

int64_t CountCuts(const std::vector<Event>& events) {
  return std::ranges::count_if(events, &Event::splits);
}

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
