#pragma once

#include <vector>

#include "apps/reelbatch/option_table.h"
#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"

namespace reelbatch::app {

/// --components, how they use each other, and then the knobs of each, all as components declare
/// them.
void AddComponentOptions(OptionTable& table, contracts::RunConfig& config,
                         const engine::Catalog& catalog);

/// The knobs of one component, without those for results of other components.
void AddKnobOptions(OptionTable& table, contracts::RunConfig& config,
                    const components::ComponentDefinition& definition);

/// One knob as an option; not of type kReuse.
Option KnobOption(const contracts::ComponentKnob& knob, contracts::RunConfig& config);

}  // namespace reelbatch::app
