#pragma once

#include <string>

#include "engine/catalog.h"

namespace reelbatch::tests {

/// Adds components that feed components, or themselves in stages, to a catalogue. Their models are
/// those of AddTestComponents(), with the same `faults` by stage ("unit_tree/crops: oom_above=2").
///   unit_tree       find: 64 samples of every 4th frame, with 4 kB of it kept; crops: 0 to 2 a
///                   result, cut out of what was kept; points: 0 or 1 a crop
///   unit_join       a unit for every digest that unit_digest and unit_chain have found
///   shot_pictures   a second pass: the picture in the middle of every shot of cut_detection, and
///                   the first tenth of a second of sound of every shot where there is sound
void AddStagedComponents(engine::Catalog& catalog, const std::string& faults);

}  // namespace reelbatch::tests
