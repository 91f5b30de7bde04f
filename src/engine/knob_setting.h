#pragma once

#include <string_view>

#include "base/result.h"
#include "contracts/component_knob.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"

namespace reelbatch::engine {

/// Sets the knob whose option has this name, of whichever component: "min-confidence",
/// "prefer-NAME" (a switch). Errors: invalid_argument (no component has it, a value of another
/// type, out of range, none of the choices; the context is the name).
base::Status SetByOption(contracts::RunConfig& config, const Catalog& catalog,
                         std::string_view option, const contracts::KnobSetting& value);

}  // namespace reelbatch::engine
