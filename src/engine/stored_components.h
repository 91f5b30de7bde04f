#pragma once

#include <vector>

#include "contracts/run_config.h"
#include "engine/batch_setup.h"
#include "engine/catalog.h"
#include "store/outside_result.h"
#include "store/stored_component.h"

namespace reelbatch::engine {

/// The files that the components of a run write and the settings that their results depend on, in
/// run order. `config` is settled (SettleConfig()).
std::vector<store::StoredComponent> StoredComponents(const contracts::RunConfig& config,
                                                     const Catalog& catalog,
                                                     const BatchSetup& batching);

/// The results that its components would use from earlier runs, of components that this run does
/// not run. A required result may also have been made with other settings, if it is for the same
/// frames.
std::vector<store::OutsideComponent> OutsideComponents(const contracts::RunConfig& config,
                                                       const Catalog& catalog);

}  // namespace reelbatch::engine
