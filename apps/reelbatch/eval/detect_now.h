#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/eval/eval_settings.h"
#include "base/cancel.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"

namespace reelbatch::app {

/// Looks at the clips now, several at once, in memory; one outcome per clip, none where it was not
/// reached. `signals`: keep what was recorded per frame. Errors: cancelled, unavailable (no
/// thread). Leaves the process where a decoder is stuck for ever.
base::Result<std::vector<std::optional<contracts::VideoOutcome>>> DetectNow(
    const std::vector<std::filesystem::path>& clips, const contracts::RunConfig& config,
    const EvalSettings& settings, bool signals, Console& console, const base::CancelToken& cancel);

}  // namespace reelbatch::app
