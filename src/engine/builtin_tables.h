#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::engine {

/// A cost table that is compiled into the engine: the files of data/costs, by name without
/// ".json".
struct BuiltinTable {
  std::string_view name;
  std::string_view json;
};
std::span<const BuiltinTable> BuiltinTables();

/// The table of the seed, measured on another machine before this project.
inline constexpr std::string_view kSeedTable = "seed";

/// All built-in tables except that of the seed. Errors: as costs::ParseTable().
base::Result<std::vector<contracts::CostTable>> UsualCostTables();

}  // namespace reelbatch::engine
