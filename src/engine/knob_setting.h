#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/component_knob.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"

namespace reelbatch::engine {

/// Sets a knob of type kChoices: `words`, each one of its choices, are stored in the order of the
/// knob, so that the same choice is the same configuration.
void SetChoices(contracts::RunConfig& config, const contracts::ComponentKnob& knob,
                const std::vector<std::string>& words);

/// Sets a knob of type kReuse: its option for `reuse` has the value `on`. Errors: invalid_argument
/// (its other option was set, too).
base::Status SetReuse(contracts::RunConfig& config, const contracts::ComponentKnob& knob,
                      contracts::Reuse reuse, bool on);

/// Sets the knob whose option has this name, of any component: "min-confidence",
/// "prefer-NAME" (a switch). Errors: invalid_argument (there is no such knob, the value has another
/// type, is out of range, or is not one of the choices; the context is the name).
base::Status SetByOption(contracts::RunConfig& config, const Catalog& catalog,
                         std::string_view option, const contracts::KnobSetting& value);

}  // namespace reelbatch::engine
