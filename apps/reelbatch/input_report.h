#pragma once

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/inputs.h"

namespace reelbatch::app {

/// Prints on stderr which inputs were not used, and why: one line each.
void TellInputs(const InputList& inputs, Console& console);

}  // namespace reelbatch::app
