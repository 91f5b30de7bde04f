#pragma once

#include <optional>

#include "contracts/preset.h"
#include "contracts/run_config.h"

namespace reelbatch::planning {

/// `wish` where the user named one, else by bucket: S <= 320 quality, above it default; above 720
/// fast where `overload` was declared; the reason says which. kDeadline: for this video. Source:
/// docs/requirements.md, "Preset policy".
contracts::PresetChoice ChoosePreset(std::optional<contracts::Preset> wish, int width, int height,
                                     contracts::Overload overload);

}  // namespace reelbatch::planning
