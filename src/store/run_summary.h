#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/run_config.h"
#include "store/state_db.h"
#include "store/stored_component.h"

namespace reelbatch::store {

inline constexpr std::string_view kRunSchema = "reelbatch_run_v1";

struct SummarisedRun {
  const contracts::RunConfig& config;
  const std::vector<StoredComponent>& components;
  std::string run_id;
  std::string_view ending;
};

/// run.json: configuration, totals and every input of the run in `state` by path. No times and
/// nothing of which process did what: a resumed run says the same as an uninterrupted one. Errors:
/// io, unavailable (of the state).
base::Result<std::string> RunSummary(const SummarisedRun& run, StateDb& state);

}  // namespace reelbatch::store
