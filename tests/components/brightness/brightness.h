#pragma once

#include "components/definition.h"

namespace reelbatch::tests {

/// The example of CONTRIBUTING: how bright every frame is. Its result, with N frames:
///   frame_indices  i32 [N]
///   brightness     f32 [N]  mean of Y
///   dark           u8 [N]   whether that is below --dark-below
components::ComponentDefinition BrightnessDefinition();

/// The same of one frame in 10, 32 px wide: a component that asks for frames of its own.
components::ComponentDefinition BrightnessOfSomeDefinition();

}  // namespace reelbatch::tests
