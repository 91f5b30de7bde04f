#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/costs/row_filter.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "costs/batch_fit.h"
#include "costs/keys.h"
#include "costs/registry.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsFitText = {
    .name = "costs fit",
    .synopsis = "[TABLE...]",
    .summary =
        "Fit models of cost, and print their errors. By batch size b: ms = fixed + per unit * b, "
        "the steps where\n"
        "the time jumps, and the error of the model; memory is printed at the measured sizes only, "
        "because it\n"
        "grows in steps. By frame size: the error of a cost that is scaled from the other sizes.\n",
    .examples =
        "  reelbatch costs fit costs.json\n"
        "  reelbatch costs fit --component cut_detection --input real --json\n",
};

std::string StepsText(const costs::BatchFit& fit) {
  std::string text;
  for (const costs::BatchStep& step : fit.steps) {
    text += fmt::format("{}{:+.3g} ms between {} and {}", text.empty() ? "" : ", ", step.ms,
                        step.after, step.before);
  }
  return text.empty() ? "none" : text;
}

std::string MemoryText(const contracts::CostRow& row) {
  std::string text;
  for (const contracts::CostPoint& point : row.points) {
    if (point.peak_mb)
      text += fmt::format("{}{}: {:.1f}", text.empty() ? "" : ", ", point.batch, *point.peak_mb);
  }
  return text.empty() ? "N/A" : text;
}

/// How well sizes foretell each other: every row scaled from its neighbours' model.
struct SizeFit {
  std::string name;
  int rows = 0;
  double mean_error = 0;
  double worst_error = 0;
};

/// Leaves each row out in turn, and asks for its price.
std::vector<SizeFit> FitSizes(const contracts::CostTable& table) {
  std::map<std::string, std::vector<const contracts::CostRow*>> series;
  for (const contracts::CostRow& row : table.rows) {
    if (!row.latency_ms_per_unit || row.bucket.short_side == 0) continue;
    series[fmt::format("{}, {}, {}, {}, {} at the same time", costs::PartText(*row.subject),
                       row.subject->preset, InputKindName(row.input_kind), row.device->id,
                       row.concurrency)]
        .push_back(&row);
  }
  std::vector<SizeFit> fits;
  for (const auto& [name, rows] : series) {
    if (rows.size() < 4) continue;
    SizeFit fit{.name = name, .rows = static_cast<int>(rows.size())};
    for (const contracts::CostRow* left_out : rows) {
      contracts::CostTable others;
      for (const contracts::CostRow* row : rows) {
        if (row != left_out) others.rows.push_back(*row);
      }
      std::vector<contracts::CostTable> tables;
      tables.push_back(std::move(others));
      const costs::Registry registry(std::move(tables));
      const auto found = registry.Find({.component = left_out->subject->component,
                                        .component_part = left_out->subject->component_part,
                                        .knobs = left_out->subject->knobs,
                                        .width = left_out->bucket.width,
                                        .height = left_out->bucket.height,
                                        .device = left_out->device->id,
                                        .threads = left_out->threads,
                                        .concurrency = left_out->concurrency,
                                        .input_kind = left_out->input_kind});
      const double measured = left_out->latency_ms_per_unit.value_or(0);
      if (!found || measured <= 0) continue;
      const double error = std::abs(found->ms_per_unit / measured - 1);
      fit.mean_error += error / fit.rows;
      fit.worst_error = std::max(fit.worst_error, error);
    }
    fits.push_back(std::move(fit));
  }
  return fits;
}

std::string CostsFitPercent(double share) { return fmt::format("{:.1f} %", share * 100); }

}  // namespace

int CostsFit(const Invocation& call) {
  CommonOptions common;
  RowFilter filter;
  OptionTable table;
  AddFilterOptions(table, filter);
  AddCommonOptions(table, common);
  Console console("reelbatch costs fit");
  const CommandLine line = ReadCommandLine(kCostsFitText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  auto tables = LoadCostTables(line.arguments, console);
  if (!tables) return console.Finish(RefuseTable(tables.error(), console));
  contracts::CostTable joined = Joined(std::move(*tables));
  std::erase_if(joined.rows, [&](const contracts::CostRow& row) { return !filter.Takes(row); });
  Table batches({{.title = "component"},
                 {.title = "input"},
                 {.title = "fixed ms", .align = Align::kRight},
                 {.title = "ms/unit", .align = Align::kRight},
                 {.title = "steps"},
                 {.title = "mean error", .align = Align::kRight},
                 {.title = "max error", .align = Align::kRight},
                 {.title = "MiB by batch size"}});
  base::Json batch_json = base::Json::array();
  for (const contracts::CostRow& row : joined.rows) {
    const auto fit = costs::FitBatchTime(row.points);
    if (!fit) continue;
    batches.AddRow({OneLine(costs::PartText(*row.subject)), costs::BucketText(row.bucket),
                    costs::MsText(fit->fixed_ms), costs::MsText(fit->ms_per_unit), StepsText(*fit),
                    CostsFitPercent(fit->mean_error), CostsFitPercent(fit->worst_error),
                    MemoryText(row)});
    batch_json.push_back({{"component", costs::PartText(*row.subject)},
                          {"bucket", costs::BucketText(row.bucket)},
                          {"fixed_ms", fit->fixed_ms},
                          {"ms_per_unit", fit->ms_per_unit},
                          {"steps", fit->steps.size()},
                          {"mean_error", fit->mean_error},
                          {"worst_error", fit->worst_error}});
  }
  Table sizes({{.title = "series"},
               {.title = "sizes", .align = Align::kRight},
               {.title = "mean error", .align = Align::kRight},
               {.title = "max error", .align = Align::kRight}});
  base::Json size_json = base::Json::array();
  for (const SizeFit& fit : FitSizes(joined)) {
    sizes.AddRow({OneLine(fit.name), fmt::format("{}", fit.rows), CostsFitPercent(fit.mean_error),
                  CostsFitPercent(fit.worst_error)});
    size_json.push_back({{"series", fit.name},
                         {"sizes", fit.rows},
                         {"mean_error", fit.mean_error},
                         {"worst_error", fit.worst_error}});
  }
  if (console.json()) {
    console.Out(base::Pretty(
        {{"schema", "reelbatch_costs_fit_v1"}, {"batches", batch_json}, {"sizes", size_json}}));
    return console.Finish(kExitDone);
  }
  if (!batches.empty())
    console.Out("By batch size\n" + batches.Render(console.out_color(), 2) + "\n");
  if (!sizes.empty())
    console.Out("By frame size: each size is predicted from the others\n" +
                sizes.Render(console.out_color(), 2));
  if (batches.empty() && sizes.empty())
    console.Error(
        "no row has several batch sizes or frame sizes to fit; `reelbatch bench matrix` measures "
        "them");
  return console.Finish(batches.empty() && sizes.empty() ? kExitSomeFailed : kExitDone);
}

}  // namespace reelbatch::app
