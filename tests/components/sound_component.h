#pragma once

#include "engine/catalog.h"

namespace reelbatch::tests {

/// Adds `unit_sound`, which listens and looks at no frames: a unit is 0.1 s of sound (the last one
/// shorter), its result how loud it is. Its artifact: rms f32 [units]; meta.sound: what the
/// AudioReport says, or null.
void AddSoundComponent(engine::Catalog& catalog);

}  // namespace reelbatch::tests
