#pragma once

#include <vector>

#include "contracts/run_config.h"
#include "engine/batch_setup.h"
#include "engine/catalog.h"
#include "store/outside_result.h"
#include "store/stored_component.h"

namespace reelbatch::engine {

/// What a run's components leave on disk and what their results depend on, in run order. `config`
/// has passed SettleConfig().
std::vector<store::StoredComponent> StoredComponents(const contracts::RunConfig& config,
                                                     const Catalog& catalog,
                                                     const BatchSetup& batching);

/// What its components would take of components that it does not run, from earlier runs. One that
/// is required may also have been made with other settings, if only of the same frames.
std::vector<store::OutsideComponent> OutsideComponents(const contracts::RunConfig& config,
                                                       const Catalog& catalog);

}  // namespace reelbatch::engine
