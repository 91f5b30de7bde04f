#include "planning/preset.h"

#include <fmt/format.h>

#include "costs/input_bucket.h"

namespace reelbatch::planning {

contracts::PresetChoice ChoosePreset(std::optional<contracts::Preset> wish, int width, int height,
                                     contracts::Overload overload) {
  if (wish) return {.preset = *wish, .reason = "asked for"};
  const int bucket = costs::ShortSideBucket(width, height);
  contracts::PresetChoice choice{
      .preset = bucket <= 320 ? contracts::Preset::kQuality : contracts::Preset::kDefault,
      .reason = fmt::format("S={}", bucket)};
  if (overload != contracts::Overload::kNone && bucket > 720) {
    choice.preset = contracts::Preset::kFast;
    choice.reason +=
        overload == contracts::Overload::kDeadline ? ", --deadline" : ", --emergency-fast";
  }
  return choice;
}

}  // namespace reelbatch::planning
