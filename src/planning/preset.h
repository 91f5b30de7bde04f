#pragma once

#include <optional>

#include "contracts/cuts.h"

namespace reelbatch::planning {

/// Short-side bucket of a size: the smallest S of the table that is not below the short side; 1080 above it.
/// Source: spec, domain, "Words".   Example: 1280x720 -> 720, 404x720 -> 448, 3840x2160 -> 1080.
int ShortSideBucket(int width, int height);

/// `wish` where the user named one, else by bucket: S <= 320 quality, above it default; above 720 fast where `overload` was
/// declared. preset_reason says which.
/// Source: seed, "Preset policy auto".
contracts::CutKnobs ChooseKnobs(std::optional<contracts::Preset> wish, int width, int height,
                               bool overload);

}  // namespace reelbatch::planning
