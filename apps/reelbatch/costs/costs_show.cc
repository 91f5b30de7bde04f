#include <fmt/format.h>

#include <algorithm>

#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/costs/row_filter.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "costs/keys.h"
#include "costs/table_json.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsShowText = {
    .name = "costs show",
    .synopsis = "[TABLE...]",
    .summary =
        "Print cost rows: what one unit of a component, or of a part of it, costs. --json prints "
        "them as a table\n"
        "in the format reelbatch_costs_v2, with the full names of parts.\n"
        "\n"
        "Columns:\n"
        "  component         the component and its part; a part that ends with _only is one step "
        "of "
        "it\n"
        "  input             the size of the frames, and whether they are noise or real\n"
        "  ms/unit           milliseconds per unit\n"
        "  RSS, VRAM MiB     peak memory in main memory, and of a graphics processor\n"
        "  max batch         the largest batch that the component allows\n"
        "  copies x threads  how many copies ran side by side, and the threads of each\n"
        "  marks             noisy (the samples differ too much), extrapolated, or dirty "
        "(uncommitted changes)\n",
    .examples =
        "  reelbatch costs show --component cut_detection --bucket 720\n"
        "  reelbatch costs show costs.json --part hard --preset default --json\n",
};

std::string MarksOf(const contracts::CostRow& row) {
  std::string marks;
  if (row.noisy) marks += "noisy ";
  if (row.extrapolated) marks += "extrapolated ";
  if (row.provenance->dirty) marks += "dirty ";
  if (!marks.empty()) marks.pop_back();
  return marks;
}

std::string RowsText(const std::vector<contracts::CostRow>& rows, bool color) {
  Table table({{.title = "component"},
               {.title = "preset"},
               {.title = "input"},
               {.title = "ms/unit", .align = Align::kRight},
               {.title = "unit"},
               {.title = "RSS MiB", .align = Align::kRight},
               {.title = "VRAM MiB", .align = Align::kRight},
               {.title = "max batch", .align = Align::kRight},
               {.title = "copies x threads"},
               {.title = "device"},
               {.title = "marks"},
               {.title = "commit, date"}});
  for (const contracts::CostRow& row : rows) {
    const contracts::CostSubject& subject = *row.subject;
    table.AddRow(
        {OneLine(ShortPart(costs::PartText(subject))), OneLine(subject.preset),
         fmt::format("{} {}", costs::BucketText(row.bucket), InputKindName(row.input_kind)),
         costs::MsText(row.latency_ms_per_unit), OneLine(subject.unit),
         costs::MbText(row.cpu_rss_peak_mb), costs::MbText(row.gpu_memory_per_task_mb),
         subject.max_batch_size_component ? fmt::format("{}", *subject.max_batch_size_component)
                                          : "N/A",
         fmt::format("{} x {}", row.concurrency, row.threads), OneLine(row.device->id),
         MarksOf(row),
         OneLine(fmt::format("{} {}", row.provenance->commit.substr(0, 10),
                             row.provenance->date.substr(0, 10)))});
  }
  return table.Render(color);
}

}  // namespace

int CostsShow(const Invocation& call) {
  CommonOptions common;
  RowFilter filter;
  OptionTable table;
  AddFilterOptions(table, filter);
  AddCommonOptions(table, common);
  Console console("reelbatch costs show");
  const CommandLine line = ReadCommandLine(kCostsShowText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  auto tables = LoadCostTables(line.arguments, console);
  if (!tables) return console.Finish(RefuseTable(tables.error(), console));
  contracts::CostTable joined = Joined(std::move(*tables));
  std::erase_if(joined.rows, [&](const contracts::CostRow& row) { return !filter.Takes(row); });
  joined.summaries.clear();
  if (console.json()) {
    console.Out(costs::WriteTable(joined));
  } else if (joined.rows.empty()) {
    console.Error(
        "no row matches; `reelbatch costs show` without options prints all rows, and `reelbatch "
        "bench` measures more");
  } else {
    console.Out(RowsText(joined.rows, console.out_color()));
  }
  return console.Finish(joined.rows.empty() ? kExitSomeFailed : kExitDone);
}

}  // namespace reelbatch::app
