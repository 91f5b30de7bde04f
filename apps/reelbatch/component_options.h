#pragma once

#include <vector>

#include "apps/reelbatch/catalog.h"
#include "apps/reelbatch/option_table.h"
#include "base/result.h"
#include "contracts/run_config.h"

namespace reelbatch::app {

/// --components, how they use each other, and then the knobs of each, all as components declare
/// them.
void AddComponentOptions(OptionTable& table, contracts::RunConfig& config, const Catalog& catalog);

/// The knobs of one component, without what it may take of others.
void AddKnobOptions(OptionTable& table, contracts::RunConfig& config,
                    const components::ComponentDefinition& definition);

/// One knob as an option; not of type kReuse.
Option KnobOption(const contracts::ComponentKnob& knob, contracts::RunConfig& config);

/// Whether what components take of others may come from earlier runs of the same folder.
enum class EarlierRuns : uint8_t { kNone, kMayServe };

/// Puts the components (where none is named, the usual ones) into the order in which they run,
/// whatever the order in which they were named, and settles the knobs of all components. Errors:
/// invalid_argument (a component that another one needs is not there; knobs that do not go
/// together).
base::Status SettleConfig(contracts::RunConfig& config, const Catalog& catalog,
                          EarlierRuns earlier = EarlierRuns::kNone);

}  // namespace reelbatch::app
