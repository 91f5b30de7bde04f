#include <string>
#include <utility>

#include "costs/table_json.h"
#include "engine/builtin_tables.h"

namespace reelbatch::engine {

base::Result<std::vector<contracts::CostTable>> UsualCostTables() {
  std::vector<contracts::CostTable> tables;
  for (const BuiltinTable& one : BuiltinTables()) {
    if (one.name == kSeedTable) continue;
    auto loaded = costs::ParseTable(std::string(one.json), std::string(one.name));
    if (!loaded) return std::unexpected(loaded.error());
    tables.push_back(std::move(loaded->table));
  }
  return tables;
}

}  // namespace reelbatch::engine
