#pragma once

#include "apps/reelbatch/catalog.h"
#include "apps/reelbatch/option_table.h"
#include "base/result.h"
#include "contracts/run_config.h"

namespace reelbatch::app {

/// --components and how they use each other.
void AddComponentOptions(OptionTable& table, contracts::RunConfig& config, const Catalog& catalog);

/// Puts config.components into the order in which they run, whatever the order in which they were
/// named. Errors: invalid_argument (two options that exclude each other; a component that another
/// one needs is not there).
base::Status OrderComponents(contracts::RunConfig& config, const Catalog& catalog);

}  // namespace reelbatch::app
