#pragma once

#include <map>
#include <string>

#include "apps/reelbatch/option_table.h"
#include "base/result.h"
#include "contracts/run_config.h"

namespace reelbatch::app {

/// --components and how they use each other.
void AddComponentOptions(OptionTable& table, contracts::RunConfig& config);

/// Puts config.components into the order in which they run, whatever the order in which they were
/// named. Errors: invalid_argument (two options that exclude each other; a component that another
/// one needs is not there).
base::Status OrderComponents(contracts::RunConfig& config);

/// The version of every component that there is.
std::map<std::string, std::string> ComponentVersions();

}  // namespace reelbatch::app
