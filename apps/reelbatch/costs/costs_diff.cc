#include <fmt/format.h>

#include <algorithm>

#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/costs/row_filter.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "costs/diff.h"
#include "costs/keys.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsDiffText = {
    .name = "costs diff",
    .synopsis = "A B",
    .summary =
        "Compare rows that both tables have: ms per unit in A and in B, and how many times as fast "
        "B is; first\n"
        "medians over all frame sizes, then row by row. Column \"significant\": Welch's t-test of "
        "the samples\n"
        "gives p < 0.05; \"-\": one of the tables has no samples.\n",
    .examples =
        "  reelbatch costs diff seed costs.json\n"
        "  reelbatch costs diff old.json new.json --part hard --bucket 720\n",
};

std::string SureText(const costs::DiffLine& line) {
  if (!line.ratio() || !line.p_value) return "-";
  return *line.p_value < costs::kSignificant ? "yes" : fmt::format("no (p {:.2f})", *line.p_value);
}

std::string LinesText(const std::vector<costs::DiffLine>& lines, bool color) {
  Table table({{.title = "component"},
               {.title = "preset"},
               {.title = "input"},
               {.title = "A ms", .align = Align::kRight},
               {.title = "B ms", .align = Align::kRight},
               {.title = "speed-up of B", .align = Align::kRight},
               {.title = "significant"}});
  for (const costs::DiffLine& line : lines) {
    const std::optional<double> ratio = line.ratio();
    table.AddRow({OneLine(line.part), OneLine(line.preset), OneLine(line.input),
                  costs::MsText(line.a_ms), costs::MsText(line.b_ms),
                  ratio ? fmt::format("{:.2f}x", *ratio) : "-", SureText(line)});
  }
  return table.Render(color);
}

base::Json LinesJson(const std::vector<costs::DiffLine>& lines) {
  base::Json list = base::Json::array();
  for (const costs::DiffLine& line : lines) {
    list.push_back({{"component", line.part},
                    {"preset", line.preset},
                    {"input", line.input},
                    {"a_ms", base::ValueOrNull(line.a_ms)},
                    {"b_ms", base::ValueOrNull(line.b_ms)},
                    {"ratio", base::ValueOrNull(line.ratio())},
                    {"p_value", base::ValueOrNull(line.p_value)}});
  }
  return list;
}

base::Result<contracts::CostTable> Side(const std::string& name, const RowFilter& filter,
                                        Console& console) {
  auto tables = LoadCostTables({name}, console);
  if (!tables) return std::unexpected(tables.error());
  contracts::CostTable table = Joined(std::move(*tables));
  std::erase_if(table.rows, [&](const contracts::CostRow& row) { return !filter.Takes(row); });
  return table;
}

}  // namespace

int CostsDiff(const Invocation& call) {
  CommonOptions common;
  RowFilter filter;
  OptionTable table;
  AddFilterOptions(table, filter);
  AddCommonOptions(table, common);
  Console console("reelbatch costs diff");
  const CommandLine line = ReadCommandLine(kCostsDiffText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.size() != 2) {
    return console.Finish(console.Fail(
        {base::Code::kInvalidArgument, "needs two tables: reelbatch costs diff seed costs.json"}));
  }
  const auto a = Side(line.arguments[0], filter, console);
  if (!a) return console.Finish(RefuseTable(a.error(), console));
  const auto b = Side(line.arguments[1], filter, console);
  if (!b) return console.Finish(RefuseTable(b.error(), console));
  const costs::Diff diff = costs::DiffTables(*a, *b);
  if (console.json()) {
    console.Out(base::Pretty({{"schema", "reelbatch_costs_diff_v1"},
                              {"summaries", LinesJson(diff.summaries)},
                              {"rows", LinesJson(diff.rows)}}));
    return console.Finish(kExitDone);
  }
  if (!diff.summaries.empty()) console.Out(LinesText(diff.summaries, console.out_color()) + "\n");
  console.Out(LinesText(diff.rows, console.out_color()));
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
