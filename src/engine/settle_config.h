#pragma once

#include <cstdint>

#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"

namespace reelbatch::engine {

/// Whether results that components use may come from earlier runs in the same folder.
enum class EarlierRuns : uint8_t { kNone, kMayServe };

/// Puts the components (the default ones if none is named) into the order in which they run,
/// independent of the order in which they were named, and settles the knobs of all components.
/// Errors: invalid_argument (a required component is missing; knobs that cannot be combined; as
/// SettleFrames()).
base::Status SettleConfig(contracts::RunConfig& config, const Catalog& catalog,
                          EarlierRuns earlier = EarlierRuns::kNone);

}  // namespace reelbatch::engine
