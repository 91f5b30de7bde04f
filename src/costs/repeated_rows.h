#pragma once

#include <string_view>
#include <vector>

#include "contracts/cost_row.h"
#include "costs/json_object.h"

namespace reelbatch::costs {

/// Removes rows that repeat an earlier one of the same source, with a warning for the first ones;
/// rejects the first contradiction. Rows repeat each other if they share subject, device and source
/// (the same blocks) and have equal bucket, input, threads, concurrency and ISA. `list`: the name
/// of the list of rows in the document. n log n in their number.
void DropRepeats(std::vector<contracts::CostRow>& rows, std::string_view list, JsonLog& log);

}  // namespace reelbatch::costs
