#pragma once

#include <cstdint>

#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"

namespace reelbatch::engine {

/// Whether what components take of others may come from earlier runs of the same folder.
enum class EarlierRuns : uint8_t { kNone, kMayServe };

/// Puts the components (where none is named, the usual ones) into the order in which they run,
/// whatever the order in which they were named, and settles the knobs of all components. Errors:
/// invalid_argument (a component that another one needs is not there; knobs that do not go
/// together; as SettleFrames()).
base::Status SettleConfig(contracts::RunConfig& config, const Catalog& catalog,
                          EarlierRuns earlier = EarlierRuns::kNone);

}  // namespace reelbatch::engine
