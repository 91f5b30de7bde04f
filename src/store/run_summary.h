#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.h"
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

/// Writes run.json: configuration, totals and every input of the run in `state` by path, one by
/// one, so that memory does not grow with their number. It has no times, and nothing that depends
/// on which process computed what: a resumed run gives the same file as an uninterrupted one.
/// Errors: io, unavailable (of the state).
base::Status WriteRunSummary(const SummarisedRun& run, StateDb& state,
                             const std::filesystem::path& target, const base::AtomicWrite& options);

}  // namespace reelbatch::store
