#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/exit_code.h"
#include "base/atomic_file.h"
#include "base/json_text.h"
#include "costs/render.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsRenderText = {
    .name = "costs render",
    .synopsis = "[TABLE...]",
    .summary =
        "Write the resource checklist as Markdown: all cost rows as tables for people. The same "
        "rows always give\n"
        "the same text.\n",
    .examples =
        "  reelbatch costs render --out docs/resource-checklist.md\n"
        "  reelbatch costs render costs.json seed\n",
};

}  // namespace

int CostsRender(const Invocation& call) {
  CommonOptions common;
  std::optional<std::filesystem::path> out;
  OptionTable table;
  table.Group("Results");
  table.Add(PathOption("out", "FILE", "Write to this file (default: stdout)", out));
  AddCommonOptions(table, common);
  Console console("reelbatch costs render");
  const CommandLine line = ReadCommandLine(kCostsRenderText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  auto tables = LoadCostTables(line.arguments, console);
  if (!tables) return console.Finish(RefuseTable(tables.error(), console));
  const std::string text = costs::RenderChecklist(Joined(std::move(*tables)));
  if (out) {
    if (const auto written = base::WriteFileAtomically(*out, text); !written) {
      return console.Finish(console.Fail(written.error()));
    }
  } else if (console.json()) {
    console.Out(base::Pretty({{"markdown", text}}));
  } else {
    console.Out(text);
  }
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
