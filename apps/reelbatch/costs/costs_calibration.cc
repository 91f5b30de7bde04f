#include <fmt/format.h>

#include <algorithm>

#include "apps/reelbatch/costs/costs_command.h"
#include "apps/reelbatch/costs/row_filter.h"
#include "apps/reelbatch/costs/run_costs.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCostsCalibrationText = {
    .name = "costs calibration",
    .synopsis = "OUT",
    .summary =
        "Compare predictions with measurements of runs: CPU time by component, part, size and "
        "preset, the time of\n"
        "batches by batch key (what units must share to be in one batch), and the peak memory of "
        "whole runs.\n"
        "MAPE is the mean absolute error per video (of batches: per batch). Bias is the error of "
        "the sums; above\n"
        "0 the prediction was too high. OUT is the folder that was given to `reelbatch run "
        "--out`.\n",
    .examples =
        "  reelbatch costs calibration results\n"
        "  reelbatch costs calibration results --json\n",
};

std::string CostsCalibrationPercent(double share) { return fmt::format("{:+.1f} %", share * 100); }

std::vector<std::string> Cells(const costs::CalibrationKey& key) {
  const int predicted = key.videos - key.not_predicted;
  return {fmt::format("{}", key.videos),
          predicted > 0 ? fmt::format("{:.2f}", key.predicted_ms / 1e3) : "N/A",
          predicted > 0 ? fmt::format("{:.2f}", key.actual_ms / 1e3) : "N/A",
          predicted > 0 ? fmt::format("{:.1f} %", key.mape * 100) : "N/A",
          predicted > 0 ? CostsCalibrationPercent(key.bias()) : "N/A",
          key.not_predicted > 0 ? fmt::format("{}", key.not_predicted) : ""};
}

Table KeysTable(const std::vector<costs::CalibrationKey>& keys, bool with_size) {
  std::vector<Table::Column> columns{{.title = "component"}, {.title = "part"}};
  if (with_size) columns.insert(columns.end(), {{.title = "size"}, {.title = "preset"}});
  for (const char* title : {"videos", "predicted s", "actual s", "MAPE", "bias", "not predicted"}) {
    columns.push_back({.title = title, .align = Align::kRight});
  }
  Table table(std::move(columns));
  for (const costs::CalibrationKey& key : keys) {
    std::vector<std::string> row{OneLine(key.component), OneLine(ShortPart(key.part))};
    if (with_size) row.insert(row.end(), {OneLine(key.bucket), OneLine(key.preset)});
    for (std::string& cell : Cells(key)) row.push_back(std::move(cell));
    table.AddRow(std::move(row));
  }
  return table;
}

Table BatchesTable(const std::vector<costs::BatchCalibration>& keys) {
  Table table({{"batch key"},
               {"batches", Align::kRight},
               {"units", Align::kRight},
               {"predicted s", Align::kRight},
               {"actual s", Align::kRight},
               {"MAPE", Align::kRight},
               {"bias", Align::kRight}});
  for (const costs::BatchCalibration& key : keys) {
    table.AddRow({OneLine(key.key), fmt::format("{}", key.batches), fmt::format("{}", key.units),
                  fmt::format("{:.2f}", key.predicted_ms / 1e3),
                  fmt::format("{:.2f}", key.actual_ms / 1e3),
                  fmt::format("{:.1f} %", key.mape * 100), CostsCalibrationPercent(key.bias())});
  }
  return table;
}

std::string Text(const costs::Calibration& found, bool color) {
  std::string text = KeysTable(found.keys, true).Render(color) + "\n";
  std::vector<costs::CalibrationKey> totals = found.components;
  totals.push_back(found.total);
  totals.back().component = "all";
  text += KeysTable(totals, false).Render(color);
  if (!found.batches.empty()) text += "\n" + BatchesTable(found.batches).Render(color);
  for (const costs::MemorySample& run : found.runs) {
    text += fmt::format(
        "\n"
        "peak memory of a run: predicted {} MiB, actual {:.0f} MiB",
        run.predicted_mb ? fmt::format("{:.0f}", *run.predicted_mb) : "N/A",
        run.actual_mb.value_or(0));
  }
  if (!found.runs.empty())
    text += fmt::format(
        "\n"
        "{} of {} runs used more memory than predicted\n",
        found.under_predicted_runs, found.runs.size());
  return text;
}

base::Json KeyJson(const costs::CalibrationKey& key) {
  return {{"component", key.component},
          {"part", key.part},
          {"bucket", key.bucket},
          {"preset", key.preset},
          {"videos", key.videos},
          {"not_predicted", key.not_predicted},
          {"predicted_ms", key.predicted_ms},
          {"actual_ms", key.actual_ms},
          {"mape", key.mape},
          {"bias", key.bias()}};
}

base::Json Document(const costs::Calibration& found) {
  base::Json document{{"schema", "reelbatch_calibration_v1"}};
  for (const auto& [name, keys] :
       {std::pair{"keys", &found.keys}, {"components", &found.components}}) {
    document[name] = base::Json::array();
    for (const costs::CalibrationKey& key : *keys) document[name].push_back(KeyJson(key));
  }
  document["total"] = KeyJson(found.total);
  document["batches"] = base::Json::array();
  for (const costs::BatchCalibration& key : found.batches) {
    document["batches"].push_back({{"key", key.key},
                                   {"batches", key.batches},
                                   {"units", key.units},
                                   {"predicted_ms", key.predicted_ms},
                                   {"actual_ms", key.actual_ms},
                                   {"mape", key.mape},
                                   {"bias", key.bias()}});
  }
  document["runs"] = base::Json::array();
  for (const costs::MemorySample& run : found.runs) {
    document["runs"].push_back({{"predicted_peak_mb", base::ValueOrNull(run.predicted_mb)},
                                {"peak_mb", base::ValueOrNull(run.actual_mb)}});
  }
  document["under_predicted_runs"] = found.under_predicted_runs;
  return document;
}

}  // namespace

int CostsCalibration(const Invocation& call) {
  CommonOptions common;
  OptionTable table;
  AddCommonOptions(table, common);
  Console console("reelbatch costs calibration");
  const CommandLine line = ReadCommandLine(kCostsCalibrationText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (line.arguments.size() != 1) {
    return console.Finish(
        console.Fail({base::Code::kInvalidArgument,
                      "needs one output folder: reelbatch costs calibration results"}));
  }
  auto costs = ReadRunCosts(line.arguments.front());
  if (!costs) return console.Finish(console.Fail(costs.error()));
  for (const base::Error& error : costs->unreadable) console.Warn(error.Text());
  const costs::Calibration found =
      costs::Calibrate(costs->samples, costs->batches, std::move(costs->runs));
  if (console.json()) {
    console.Out(base::Pretty(Document(found)));
  } else {
    console.Out(Text(found, console.out_color()));
  }
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
