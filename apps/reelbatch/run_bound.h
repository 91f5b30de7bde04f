#pragma once

#include <optional>
#include <vector>

#include "apps/reelbatch/progress_bar.h"
#include "engine/batch_log.h"
#include "planning/lower_bound.h"
#include "runtime/run.h"

namespace reelbatch::app {

/// The lower bound of the time for the work of a run, from the costs that it was planned with.
/// None: no work had a cost.
std::optional<planning::LowerBound> BoundOfRun(
    const std::vector<std::optional<VideoResult>>& results, const engine::BatchLog& batches,
    const runtime::RunOptions& options);

}  // namespace reelbatch::app
