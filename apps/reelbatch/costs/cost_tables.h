#pragma once

#include <string>
#include <vector>

#include "apps/reelbatch/console.h"
#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::app {

/// Tables by name: a file, or a built-in table ("seed"). Nothing named: all built-in tables but
/// `seed`. Warnings go to `console`. Errors: as costs::ParseTable(); io; invalid_argument (neither
/// a file nor a known name: says which there are).
base::Result<std::vector<contracts::CostTable>> LoadCostTables(
    const std::vector<std::string>& names, Console& console);

/// The built-in tables, and after them those of `names`, which so come first where both
/// know a thing. Errors: as LoadCostTables().
base::Result<std::vector<contracts::CostTable>> LoadCostTablesWith(
    const std::vector<std::string>& names, Console& console);

/// All of them in one, in order.
contracts::CostTable Joined(std::vector<contracts::CostTable> tables);

/// An error in a table must be corrected by its author: exit code 2 instead of 3.
int RefuseTable(const base::Error& error, Console& console);

}  // namespace reelbatch::app
