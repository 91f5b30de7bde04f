#pragma once

#include <vector>

#include "components/definition.h"

namespace reelbatch::components {

/// The components of `reelbatch`. Whoever adds one names it here, and nowhere else outside its
/// folder.
const std::vector<ComponentDefinition>& AllComponents();

}  // namespace reelbatch::components
