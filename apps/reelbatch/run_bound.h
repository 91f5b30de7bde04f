#pragma once

#include <optional>
#include <vector>

#include "apps/reelbatch/progress_bar.h"
#include "engine/batch_log.h"
#include "planning/lower_bound.h"
#include "runtime/run.h"

namespace reelbatch::app {

/// The least time that what a run did could have taken, by the prices it was planned with. None:
/// nothing of it had a price.
std::optional<planning::LowerBound> BoundOfRun(
    const std::vector<std::optional<VideoResult>>& results, const engine::BatchLog& batches,
    const runtime::RunOptions& options);

}  // namespace reelbatch::app
