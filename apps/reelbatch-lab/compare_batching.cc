#include <fmt/format.h>

#include <string>
#include <vector>

#include "apps/reelbatch-lab/lab_commands.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/simulate/scenario_yaml.h"
#include "apps/reelbatch/simulate/simulate_report.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "runtime/simulator/rivals.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kText = {
    .name = "simulate",
    .synopsis = "SCENARIO...",
    .summary =
        "Simulate what-if scenarios (YAML, docs/simulate.md) with the planner of `reelbatch run` "
        "and with\n"
        "baselines: the batch size formula of the first requirement, a fixed batch size, "
        "Triton-like batching, "
        "halving and restarting\n"
        "after memory ran out, and batch size 1. Print the total time (makespan) of each. Where a "
        "baseline does\n"
        "not specify a setting, we choose the one that favours it.\n",
    .examples = "  reelbatch-lab simulate tests/scenarios/simulate/one_gpu.yaml\n",
};

struct Played {
  runtime::Baseline way;
  runtime::SimResult result;
};

/// Ours first. Errors: as ReadScenario() and runtime::Simulate().
base::Result<std::vector<Played>> PlayAll(const std::string& file) {
  const auto scenario = ReadScenario(file);
  if (!scenario) return std::unexpected(scenario.error());
  std::vector<Played> all;
  for (runtime::Baseline& way : runtime::BaselinesOf(*scenario)) {
    auto result = runtime::Simulate(way.scenario);
    if (!result) return std::unexpected(result.error());
    all.push_back({.way = std::move(way), .result = std::move(*result)});
  }
  return all;
}

std::string CompareText(const std::vector<Played>& all, bool color) {
  Table table({{"method"},
               {"makespan s", Align::kRight},
               {"relative to planner", Align::kRight},
               {"gap", Align::kRight},
               {"out of memory", Align::kRight},
               {"videos failed", Align::kRight},
               {"description"}});
  const double ours = all.front().result.makespan_s;
  for (const auto& [way, result] : all) {
    const auto figures = FiguresOf(way.scenario, result);
    table.AddRow({way.name, fmt::format("{:.3f}", result.makespan_s),
                  ours > 0 ? fmt::format("{:.3f}", result.makespan_s / ours) : "-",
                  fmt::format("{:.3f}", result.gap), fmt::format("{:.0f}", figures.at("ooms")),
                  fmt::format("{}", result.videos_failed), way.way});
  }
  return table.Render(color);
}

base::Json CompareJson(const std::vector<Played>& all) {
  base::Json document = ResultJson(all.front().way.scenario, all.front().result);
  for (size_t k = 1; k < all.size(); ++k)
    document["baselines"][all[k].way.name] = FiguresOf(all[k].way.scenario, all[k].result);
  return document;
}

int Go(const std::vector<std::string>& files, Console& console) {
  if (files.empty()) {
    return console.Fail({.code = base::Code::kInvalidArgument,
                         .message = "needs scenario files: see `reelbatch-lab simulate --help`"});
  }
  int code = kExitDone;
  base::Json documents = base::Json::array();
  for (const std::string& file : files) {
    const auto all = PlayAll(file);
    if (!all) {
      console.Error(all.error().Text());
      code = kExitUsage;
      continue;
    }
    if (console.json()) {
      documents.push_back(CompareJson(*all));
    } else {
      console.Out(fmt::format("{}\n{}", OneLine(all->front().way.scenario.name),
                              CompareText(*all, console.out_color())));
    }
  }
  if (console.json()) console.Out(base::Pretty(documents));
  return code;
}

}  // namespace

int CompareBatchingCommand(const Invocation& call) {
  CommonOptions common;
  OptionTable table;
  AddCommonOptions(table, common);
  Console console("reelbatch-lab simulate");
  const CommandLine line = ReadCommandLine(kText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(Go(line.arguments, console));
}

}  // namespace reelbatch::app
