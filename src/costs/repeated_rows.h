#pragma once

#include <string_view>
#include <vector>

#include "contracts/cost_row.h"
#include "costs/json_object.h"

namespace reelbatch::costs {

/// Leaves out rows that say again what an earlier one of the same source says, with a warning for
/// the first ones; rejects the first that contradicts. Rows are about the same where they share
/// subject, device and source (the very blocks) and agree in bucket, input, threads, copies and
/// ISA. `list`: what the document calls its rows. n log n in their number.
void DropRepeats(std::vector<contracts::CostRow>& rows, std::string_view list, JsonLog& log);

}  // namespace reelbatch::costs
