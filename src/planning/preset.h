#pragma once

#include <optional>

#include "contracts/cuts.h"
#include "contracts/run_config.h"

namespace reelbatch::planning {

/// `wish` where the user named one, else by bucket: S <= 320 quality, above it default; above 720
/// fast where `overload` was declared; preset_reason says which. kDeadline: for this video. Source:
/// seed, "Preset policy auto".
contracts::CutKnobs ChooseKnobs(std::optional<contracts::Preset> wish, int width, int height,
                                contracts::Overload overload);

}  // namespace reelbatch::planning
