#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::engine {

/// A table of costs that comes with the engine: the files of data/costs, by their name without
/// ".json".
struct BuiltinTable {
  std::string_view name;
  std::string_view json;
};
std::span<const BuiltinTable> BuiltinTables();

/// That of the seed's own machine, which is no measurement of ours.
inline constexpr std::string_view kSeedTable = "seed";

/// All of them but the seed's. Errors: as costs::ParseTable().
base::Result<std::vector<contracts::CostTable>> UsualCostTables();

}  // namespace reelbatch::engine
