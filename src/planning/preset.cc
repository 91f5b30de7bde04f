#include "planning/preset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace reelbatch::planning {

int ShortSideBucket(int width, int height) {
  constexpr std::array kBuckets = {160, 224, 256, 320, 384, 448, 512, 640, 720, 768, 896, 1080};
  const auto* found = std::lower_bound(kBuckets.begin(), kBuckets.end(), std::min(width, height));
  return found == kBuckets.end() ? kBuckets.back() : *found;
}

contracts::CutKnobs ChooseKnobs(std::optional<contracts::Preset> wish, int width, int height,
                                bool overload) {
  const int bucket = ShortSideBucket(width, height);
  const bool emergency = !wish && overload && bucket > 720;
  contracts::Preset by_size =
      bucket <= 320 ? contracts::Preset::kQuality : contracts::Preset::kDefault;
  if (emergency) by_size = contracts::Preset::kFast;
  contracts::CutKnobs knobs = contracts::KnobsOf(wish.value_or(by_size));
  knobs.preset_reason = wish ? "asked for" : fmt::format("S={}", bucket);
  if (emergency) knobs.preset_reason += ", --emergency-fast";
  return knobs;
}

}  // namespace reelbatch::planning
