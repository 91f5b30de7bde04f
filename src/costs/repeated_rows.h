#pragma once

#include "contracts/cost_row.h"
#include "costs/json_object.h"

namespace reelbatch::costs {

/// Leaves out rows that say again what an earlier one of the same source says, with a warning each; rejects one that
/// contradicts. n log n in the number of rows.
void DropRepeats(contracts::CostTable& table, JsonLog& log);

}  // namespace reelbatch::costs
