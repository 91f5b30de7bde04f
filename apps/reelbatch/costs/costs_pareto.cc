#include <fmt/format.h>

#include <algorithm>

#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/costs/row_filter.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "costs/keys.h"
#include "costs/pareto.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsParetoText = {
    .name = "costs pareto",
    .synopsis = "[TABLE...]",
    .summary =
        "Compare presets by cost and quality: ms per unit, and F1 against truth if `reelbatch eval "
        "--costs` has\n"
        "added it to the rows. A preset is efficient if no cheaper one has the same or a higher "
        "F1.\n",
    .examples =
        "  reelbatch costs pareto --bucket 720\n"
        "  reelbatch costs pareto costs.json --part hard --input real --json\n",
};

std::string GroupsText(const std::vector<costs::ParetoGroup>& groups, bool color) {
  std::string text;
  for (const costs::ParetoGroup& group : groups) {
    const contracts::CostRow& first = *group.points.front().row;
    text += fmt::format("{}{}, {} {}, {}\n", text.empty() ? "" : "\n",
                        OneLine(costs::PartText(*first.subject)), costs::BucketText(first.bucket),
                        InputKindName(first.input_kind), OneLine(first.device->id));
    Table table({{.title = "preset"},
                 {.title = "knobs"},
                 {.title = "ms/unit", .align = Align::kRight},
                 {.title = "F1", .align = Align::kRight},
                 {.title = "efficient"}});
    for (const costs::ParetoPoint& point : group.points) {
      table.AddRow({OneLine(point.row->subject->preset),
                    OneLine(costs::KnobsText(point.row->subject->knobs)),
                    costs::MsText(point.row->latency_ms_per_unit),
                    point.f1 ? fmt::format("{:.3f}", *point.f1) : "N/A",
                    !point.f1         ? "-"
                    : point.efficient ? "yes"
                                      : "no"});
    }
    text += table.Render(color, 2);
  }
  return text;
}

base::Json GroupsJson(const std::vector<costs::ParetoGroup>& groups) {
  base::Json document = base::Json::array();
  for (const costs::ParetoGroup& group : groups) {
    const contracts::CostRow& first = *group.points.front().row;
    base::Json points = base::Json::array();
    for (const costs::ParetoPoint& point : group.points) {
      points.push_back({{"preset", point.row->subject->preset},
                        {"knobs", costs::KnobsText(point.row->subject->knobs)},
                        {"latency_ms_per_unit", base::ValueOrNull(point.row->latency_ms_per_unit)},
                        {"f1_truth", base::ValueOrNull(point.f1)},
                        {"efficient", point.efficient}});
    }
    document.push_back({{"component", costs::PartText(*first.subject)},
                        {"bucket", costs::BucketText(first.bucket)},
                        {"input", InputKindName(first.input_kind)},
                        {"device", first.device->id},
                        {"points", std::move(points)}});
  }
  return document;
}

}  // namespace

int CostsPareto(const Invocation& call) {
  CommonOptions common;
  RowFilter filter;
  OptionTable table;
  AddFilterOptions(table, filter);
  AddCommonOptions(table, common);
  Console console("reelbatch costs pareto");
  const CommandLine line = ReadCommandLine(kCostsParetoText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  auto tables = LoadCostTables(line.arguments, console);
  if (!tables) return console.Finish(RefuseTable(tables.error(), console));
  contracts::CostTable joined = Joined(std::move(*tables));
  std::erase_if(joined.rows, [&](const contracts::CostRow& row) { return !filter.Takes(row); });
  const auto groups = costs::Pareto(joined);
  if (console.json()) {
    console.Out(base::Pretty(GroupsJson(groups)));
  } else if (groups.empty()) {
    console.Error(
        "no two rows differ in nothing but preset or knobs; `reelbatch bench matrix` measures "
        "every preset");
  } else {
    console.Out(GroupsText(groups, console.out_color()));
  }
  return console.Finish(groups.empty() ? kExitSomeFailed : kExitDone);
}

}  // namespace reelbatch::app
