#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/component_knob.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"

namespace reelbatch::engine {

/// Of a knob of type kChoices: `words`, each one of its choices, are kept in the knob's own order,
/// so that the same choice is the same configuration.
void SetChoices(contracts::RunConfig& config, const contracts::ComponentKnob& knob,
                const std::vector<std::string>& words);

/// Of a knob of type kReuse: its option for `reuse` is given as `on`. Errors: invalid_argument (the
/// other one of its two options was given, too).
base::Status SetReuse(contracts::RunConfig& config, const contracts::ComponentKnob& knob,
                      contracts::Reuse reuse, bool on);

/// Sets the knob whose option has this name, of whichever component: "min-confidence",
/// "prefer-NAME" (a switch). Errors: invalid_argument (no component has it, a value of another
/// type, out of range, none of the choices; the context is the name).
base::Status SetByOption(contracts::RunConfig& config, const Catalog& catalog,
                         std::string_view option, const contracts::KnobSetting& value);

}  // namespace reelbatch::engine
