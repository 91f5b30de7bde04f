#include "apps/reelbatch/costs/cost_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "costs/table_json.h"
#include "engine/builtin_tables.h"

namespace reelbatch::app {
namespace {

using engine::BuiltinTable;
using engine::BuiltinTables;

base::Result<contracts::CostTable> Parse(std::string text, const std::string& name,
                                         Console& console) {
  auto loaded = costs::ParseTable(std::move(text), ShellQuote(name));
  if (!loaded) {
    base::Error& error = loaded.error();
    // It is no cost table at all, rather than one with a wrong row.
    if (error.context == ShellQuote(name) || error.context.ends_with(": schema_version"))
      error.message +=
          "; a cost table is a file such as costs.json, which `reelbatch bench` writes";
    return std::unexpected(std::move(error));
  }
  for (const std::string& warning : loaded->warnings) console.Warn(warning);
  return std::move(loaded->table);
}

/// A file before a table of that name.
base::Result<contracts::CostTable> Load(const std::string& name, Console& console) {
  const auto builtin = std::ranges::find(BuiltinTables(), name, &BuiltinTable::name);
  std::error_code ignored;
  const bool is_file =
      std::filesystem::exists(name, ignored) && !std::filesystem::is_directory(name, ignored);
  if (builtin == BuiltinTables().end() && !is_file) {
    std::vector<std::string_view> names;
    for (const BuiltinTable& one : BuiltinTables()) names.push_back(one.name);
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("is neither a file nor a built-in table ({})", fmt::join(names, ", ")),
        ShellQuote(name));
  }
  if (!is_file) return Parse(std::string(builtin->json), name, console);
  auto read = base::ReadWholeFile(name);
  if (!read) return std::unexpected(read.error());
  return Parse(std::move(*read), name, console);
}

}  // namespace

base::Result<std::vector<contracts::CostTable>> LoadCostTables(
    const std::vector<std::string>& names, Console& console) {
  std::vector<contracts::CostTable> tables;
  // Whatever lies in the working folder: without a name none of it is meant.
  for (const BuiltinTable& one : BuiltinTables()) {
    if (!names.empty() || one.name == engine::kSeedTable) continue;
    auto table = Parse(std::string(one.json), std::string(one.name), console);
    if (!table) return std::unexpected(table.error());
    tables.push_back(std::move(*table));
  }
  for (const std::string& name : names) {
    auto table = Load(name, console);
    if (!table) return std::unexpected(table.error());
    tables.push_back(std::move(*table));
  }
  return tables;
}

base::Result<std::vector<contracts::CostTable>> LoadCostTablesWith(
    const std::vector<std::string>& names, Console& console) {
  auto tables = LoadCostTables({}, console);
  if (!tables || names.empty()) return tables;
  auto more = LoadCostTables(names, console);
  if (!more) return more;
  std::ranges::move(*more, std::back_inserter(*tables));
  return tables;
}

contracts::CostTable Joined(std::vector<contracts::CostTable> tables) {
  contracts::CostTable joined;
  for (contracts::CostTable& table : tables) {
    std::ranges::move(table.rows, std::back_inserter(joined.rows));
    std::ranges::move(table.summaries, std::back_inserter(joined.summaries));
  }
  return joined;
}

int RefuseTable(const base::Error& error, Console& console) {
  const int code = console.Fail(error);
  return error.code == base::Code::kCorrupt ? kExitUsage : code;
}

}  // namespace reelbatch::app
