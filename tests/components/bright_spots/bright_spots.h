#pragma once

#include "engine/catalog.h"

namespace reelbatch::tests {

/// The example of CONTRIBUTING, "A component with two stages":
///   find      a picture of 16x9 means of Y; its result: the places that are brighter than all
///             their neighbours, brightest first, at most 4. None is a result, too.
///   measure   a crop of 8x8 samples around each of them; its result: their mean, f32
/// Its artifact: `frame_indices`, `place` (0..143) and `mean`, one entry per spot.
void AddBrightSpots(engine::Catalog& catalog);

}  // namespace reelbatch::tests
