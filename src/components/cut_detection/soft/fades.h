#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "components/cut_detection/soft/coarse_frame.h"
#include "components/cut_detection/soft/gradual.h"

namespace reelbatch::components::soft {

/// What a fade takes at least.
struct FadeLimits {
  int inside = 3;  // frames neither flat nor whole; one or two are a cut blurred by frame blending
  float spread = 3;  // levels: a small title on black has 3 to 4, less can not be told from flat
};
/// The threshold, and a lower limit: what is below the limit is not even a candidate.
inline constexpr FadeLimits kFadeLine;
inline constexpr FadeLimits kFadeFloor{.inside = 2, .spread = 2};

/// Fades to and from flat pictures of any colour, by time; they do not overlap. Pure. A fade
/// takes a shot's spread in a straight line to nothing, whatever moves in it and whatever the
/// colour. Out to a flat picture, its hold, and into the next shot is one fade_through; a hard step
/// on one side belongs to the fade on the other, which is then a fade_out or a fade_in; steps on
/// both sides are no fade. `cuts`: pairs that are hard cuts, ascending; no fade goes across one,
/// and one next to the flat picture is a step.
std::vector<Gradual> FindFades(std::span<const FrameLook> looks, std::span<const double> pts_s,
                               std::span<const size_t> cuts, const FadeLimits& limits = kFadeLine);

}  // namespace reelbatch::components::soft
