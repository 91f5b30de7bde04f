#include "planning/preset.h"

#include <fmt/format.h>

#include "costs/input_bucket.h"

namespace reelbatch::planning {

contracts::CutKnobs ChooseKnobs(std::optional<contracts::Preset> wish, int width, int height,
                                contracts::Overload overload) {
  const int bucket = costs::ShortSideBucket(width, height);
  const bool emergency = !wish && overload != contracts::Overload::kNone && bucket > 720;
  contracts::Preset by_size =
      bucket <= 320 ? contracts::Preset::kQuality : contracts::Preset::kDefault;
  if (emergency) by_size = contracts::Preset::kFast;
  contracts::CutKnobs knobs = contracts::KnobsOf(wish.value_or(by_size));
  knobs.preset_reason = wish ? "asked for" : fmt::format("S={}", bucket);
  if (emergency)
    knobs.preset_reason +=
        overload == contracts::Overload::kDeadline ? ", --deadline" : ", --emergency-fast";
  return knobs;
}

}  // namespace reelbatch::planning
