#pragma once

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/inputs.h"

namespace reelbatch::app {

/// Says on stderr what the arguments did not give, and why: one line each.
void TellInputs(const InputList& inputs, Console& console);

}  // namespace reelbatch::app
