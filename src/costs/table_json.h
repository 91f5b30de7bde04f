#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::costs {

inline constexpr std::string_view kTableSchema = "reelbatch_costs_v2";

struct LoadedTable {
  contracts::CostTable table;
  std::vector<std::string> warnings;  // each has the file and the place
};

/// Reads `reelbatch_costs_v2` (schemas/reelbatch_costs_v2.schema.json). `name`: the file, for
/// errors.
///
/// "memory_unit": "MB" (10^6 bytes) is converted to MiB, with a warning. null and "N/A" are not
/// measured. Unknown members are kept in `extra` and warned about once each; a row that
/// repeats another one is ignored with a warning. Errors: corrupt (not JSON, another
/// schema_version, a repeated member, missing, of the wrong type or out of range, a
///         reference to nothing, two rows that contradict each other): the message has file, row
///         and field.
/// Limits: a latency up to an hour per unit, memory up to 16 TiB, sides up to 65536 px; nothing
/// below 0.
base::Result<LoadedTable> ParseTable(std::string text, std::string_view name);

/// The same table gives the same bytes; a row per line; ends with a newline.
/// ParseTable(WriteTable(t)) is t again.
std::string WriteTable(const contracts::CostTable& table);

}  // namespace reelbatch::costs
