#pragma once

#include "runtime/run_context.h"

namespace reelbatch::runtime {

/// Processes videos until there are none. False: this lane was given up and must not use the run
/// any more. It throws no exception.
[[nodiscard]] bool RunLane(RunContext& run, int lane) noexcept;

}  // namespace reelbatch::runtime
