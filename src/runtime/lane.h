#pragma once

#include "contracts/outcome.h"
#include "runtime/run_context.h"

namespace reelbatch::runtime {

/// Takes tasks until there are none. False: this lane was given up and must not touch the run any
/// more. No exception leaves it.
[[nodiscard]] bool RunLane(RunContext& run, int lane) noexcept;

/// The times of an outcome that ends now.
void Stamp(const VideoJob& job, const base::Clock& clock, contracts::VideoOutcome& outcome);

}  // namespace reelbatch::runtime
