#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "apps/reelbatch-lab/costs/origin_costs.h"
#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/costs/row_filter.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/option_values.h"
#include "base/atomic_file.h"
#include "costs/bench_json.h"
#include "costs/table_json.h"
#include "costs/v1_tables.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kText = {
    .name = "costs export",
    .synopsis = "[TABLE...] --format NAME",
    .summary =
        "Write rows in a format that the original programs read: one of their three cost tables, "
        "or micro and\n"
        "matrix results. `v2` writes a table of reelbatch (reelbatch_costs_v2).\n",
    .examples =
        "  reelbatch-lab costs export --format v1 --preset default --out "
        "cut_detection_costs_v1.json\n"
        "  reelbatch-lab costs export costs.json --format matrix --part soft --input noise > "
        "matrix_results.json\n",
};

const std::array<std::string, 6> kFormats = {"v1", "v1-soft", "v1-motion", "micro", "matrix", "v2"};

base::Result<std::string> Export(const contracts::CostTable& table, const std::string& format) {
  if (format == "v1") return costs::ExportV1(table, costs::V1Part::kHard);
  if (format == "v1-soft") return costs::ExportV1(table, costs::V1Part::kSoft);
  if (format == "v1-motion") return costs::ExportV1(table, costs::V1Part::kMotion);
  if (format == "micro") return costs::ExportMicro(table);
  if (format == "matrix") return costs::ExportMatrix(table);
  return costs::WriteTable(table);
}

}  // namespace

int CostsExport(const Invocation& call) {
  CommonOptions common;
  RowFilter filter;
  std::optional<std::filesystem::path> out;
  std::string format;
  OptionTable table;
  table.Group("Results");
  table.Add({.name = "format",
             .value_name = "NAME",
             .help = "Write this format: v1, v1-soft, v1-motion, micro, matrix or v2 (required)",
             .set = [&format](const std::string& text) -> base::Status {
               const auto chosen = ParseChoice(text, kFormats);
               if (!chosen) return std::unexpected(chosen.error());
               format = text;
               return {};
             }});
  table.Add(PathOption("out", "FILE", "Write to this file (default: stdout)", out));
  AddFilterOptions(table, filter);
  AddCommonOptions(table, common);
  Console console("reelbatch-lab costs export");
  const CommandLine line = ReadCommandLine(kText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (format.empty()) {
    return console.Finish(console.Fail(
        {base::Code::kInvalidArgument,
         fmt::format("is required: choose from {}", fmt::join(kFormats, ", ")), "--format"}));
  }
  auto tables = LoadCostTables(line.arguments, console);
  if (!tables) return console.Finish(RefuseTable(tables.error(), console));
  // A single table keeps what its document says beside rows.
  contracts::CostTable rows =
      tables->size() == 1 ? std::move(tables->front()) : Joined(std::move(*tables));
  std::erase_if(rows.rows, [&](const contracts::CostRow& row) { return !filter.Takes(row); });
  const auto text = Export(rows, format);
  if (!text) return console.Finish(console.Fail(text.error()));
  if (!out) {
    console.Out(*text);
    return console.Finish(kExitDone);
  }
  if (const auto written = base::WriteFileAtomically(*out, *text); !written)
    return console.Finish(console.Fail(written.error()));
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
