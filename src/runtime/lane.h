#pragma once

#include "runtime/run_context.h"

namespace reelbatch::runtime {

/// Works on videos until there are none. False: this lane was given up and must not touch the run
/// any more. No exception leaves it.
[[nodiscard]] bool RunLane(RunContext& run, int lane) noexcept;

}  // namespace reelbatch::runtime
