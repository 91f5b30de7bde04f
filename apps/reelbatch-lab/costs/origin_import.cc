#include <fmt/format.h>

#include "apps/reelbatch-lab/costs/origin_costs.h"
#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/output_check.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "costs/bench_json.h"
#include "costs/table_json.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kText = {
    .name = "costs import",
    .synopsis = "FILE... --out TABLE",
    .summary =
        "Convert resource_costs_*_v1 tables, micro and matrix results, and reelbatch_costs_v2 "
        "tables to one table\n"
        "(reelbatch_costs_v2). `costs export` converts a table of one file back to an equal "
        "file.\n",
    .examples =
        "  reelbatch-lab costs import cut_detection_costs_v1.json --device seed --out seed.json\n"
        "  reelbatch-lab costs import matrix_results.json checklist_components_micro_results.json "
        "--out costs.json\n",
};

struct ImportSettings {
  CommonOptions common;
  std::optional<std::filesystem::path> out;
  std::vector<std::string> device{"imported"};
};

base::Result<contracts::CostTable> Import(const std::vector<std::string>& files,
                                          const std::string& device, Console& console) {
  std::vector<contracts::CostTable> tables;
  for (const std::string& file : files) {
    auto text = base::ReadWholeFile(file);
    if (!text) return std::unexpected(text.error());
    auto loaded = costs::ImportAny(std::move(*text), ShellQuote(file), device);
    if (!loaded) return std::unexpected(loaded.error());
    for (const std::string& warning : loaded->warnings) console.Warn(warning);
    tables.push_back(std::move(loaded->table));
  }
  if (tables.size() == 1) return std::move(tables.front());
  return Joined(std::move(tables));
}

}  // namespace

int CostsImport(const Invocation& call) {
  ImportSettings settings;
  OptionTable table;
  table.Group("Results");
  table.Add(PathOption("out", "FILE", "Write the table to this file (required)", settings.out));
  table.Add(WordsOption("device", "ID",
                        "Use this device profile for rows without one (default imported)",
                        settings.device));
  AddCommonOptions(table, settings.common);
  Console console("reelbatch-lab costs import");
  const CommandLine line = ReadCommandLine(kText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.empty() || !settings.out || settings.device.size() != 1) {
    return console.Finish(console.Fail({base::Code::kInvalidArgument,
                                        "needs at least one file, --out, and at most one --device: "
                                        "reelbatch-lab costs import FILE... --out costs.json"}));
  }
  InputList inputs;
  inputs.videos.assign(line.arguments.begin(), line.arguments.end());
  if (const auto checked =
          CheckOutputs({.files = {{"--out", *settings.out}}, .folders = {}}, inputs);
      !checked) {
    return console.Finish(console.Fail(checked.error()));
  }
  const auto imported = Import(line.arguments, settings.device.front(), console);
  if (!imported) return console.Finish(RefuseTable(imported.error(), console));
  if (const auto written = base::WriteFileAtomically(*settings.out, costs::WriteTable(*imported));
      !written) {
    return console.Finish(console.Fail(written.error()));
  }
  if (console.json()) {
    console.Out(fmt::format("{{\"rows\": {}}}\n", imported->rows.size()));
  } else {
    console.Note(fmt::format("{} rows", imported->rows.size()));
  }
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
