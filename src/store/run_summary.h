#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/run_config.h"
#include "store/state_db.h"

namespace reelbatch::store {

inline constexpr std::string_view kRunSchema = "reelbatch_run_v1";

/// run.json: configuration, totals and every input of the run in `state` by path. No times and
/// nothing of which process did what: a resumed run says the same as an uninterrupted one. Errors:
/// io, unavailable (of the state).
base::Result<std::string> RunSummary(const contracts::RunConfig& config, std::string_view ending,
                                     StateDb& state);

}  // namespace reelbatch::store
