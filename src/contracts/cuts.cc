#include "contracts/cuts.h"

namespace reelbatch::contracts {

std::string_view EventTypeName(EventType type) {
  switch (type) {
    case EventType::kHard: return "hard";
    case EventType::kFadeIn: return "fade_in";
    case EventType::kFadeOut: return "fade_out";
    case EventType::kDissolve: return "dissolve";
    case EventType::kMotion: return "motion";
    case EventType::kWhipPan: return "whip_pan";
    case EventType::kZoom: return "zoom";
    case EventType::kSpeedRamp: return "speed_ramp";
    case EventType::kJump: return "jump";
    case EventType::kWipe: return "wipe";
    case EventType::kFadeThrough: return "fade_through";
  }
  return "hard";
}

std::string_view PresetName(Preset preset) {
  return preset == Preset::kQuality ? "quality" : "default";
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
  return knobs;
}

}  // namespace reelbatch::contracts
