#include <fmt/format.h>

#include <optional>
#include <system_error>
#include <vector>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/run_timeline.h"
#include "apps/reelbatch/simulate/scenario_yaml.h"
#include "apps/reelbatch/simulate/simulate_report.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "base/json_text.h"
#include "runtime/simulator/random_scenario.h"
#include "store/trace_writer.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kSimulateText = {
    .name = "simulate",
    .synopsis = "SCENARIO...",
    .summary =
        "Simulate what-if scenarios (YAML, docs/simulate.md) with the planner of `run`: the time "
        "that videos\n"
        "would take on the given devices, the lower bound of that time and the gap to it, the "
        "batches with\n"
        "their limiting factors (`reelbatch plan --help` explains them), and what happens when "
        "memory runs\n"
        "out, a server restarts or the process is killed.\n"
        "Exit code 1: an expectation of the scenario is not met, or the planner broke one of its "
        "rules.\n",
    .examples =
        "  reelbatch simulate gpu_and_four_models.yaml\n"
        "  reelbatch simulate --random 10000 --seed 1\n",
};

struct SimulateSettings {
  CommonOptions common;
  int random = 0;
  int seed = 1;
  std::optional<std::filesystem::path> small;
  std::optional<std::filesystem::path> trace;
};

OptionTable MakeSimulateTable(SimulateSettings& settings) {
  OptionTable table;
  table.Group("Scenarios");
  table.Lacks("compare",
              "is an option of another program: use `reelbatch-lab simulate SCENARIO...`");
  table.Add(CountOption("random",
                        "Simulate N random scenarios, and stop at the first in which the planner "
                        "breaks a rule (default: none)",
                        1, 1'000'000'000, settings.random));
  table.Add(CountOption("seed", "Start the random scenarios at this seed (default 1)", 0,
                        1'000'000'000, settings.seed));
  table.Add(PathOption(
      "small", "FILE",
      "Write a random scenario that breaks a rule to this file, reduced in size (default: stdout)",
      settings.small));
  table.Add(PathOption(
      "trace", "FILE",
      "Write a timeline of the scenario for ui.perfetto.dev (one scenario only; default: none)",
      settings.trace));
  AddCommonOptions(table, settings.common);
  return table;
}

bool BreaksARule(const runtime::Scenario& scenario) {
  const auto result = runtime::Simulate(scenario);
  return result && !result->violations.empty();
}

int PlayRandom(const SimulateSettings& settings, Console& console) {
  for (int k = 0; k < settings.random; ++k) {
    const auto seed = static_cast<uint64_t>(settings.seed) + static_cast<uint64_t>(k);
    runtime::Scenario scenario = runtime::RandomScenario(seed);
    if (!BreaksARule(scenario)) continue;
    scenario = runtime::Shrink(std::move(scenario), BreaksARule);
    const auto result = runtime::Simulate(scenario);
    for (const std::string& violation : result->violations)
      console.Error(fmt::format("seed {}: {}", seed, violation));
    const std::string yaml = ScenarioYaml(scenario);
    if (!settings.small) {
      console.Out(yaml);
    } else if (const auto written = base::WriteFileAtomically(*settings.small, yaml); !written) {
      return console.Fail(written.error());
    }
    return kExitSomeFailed;
  }
  if (console.json()) {
    console.Out(base::Pretty({{"scenarios", settings.random}, {"violations", 0}}));
  } else {
    console.Out(fmt::format("{}: no rule was broken\n", Count(settings.random, "random scenario")));
  }
  return kExitDone;
}

base::Result<runtime::SimResult> Traced(const runtime::Scenario& scenario,
                                        const std::filesystem::path& file) {
  auto trace = store::TraceWriter::Open(file);
  if (!trace) return std::unexpected(trace.error());
  RunTimeline timeline(**trace, base::Nanoseconds(0), {});
  const runtime::SimObserver observer{
      .on_source_begins = [&](int video, int lane,
                              base::Nanoseconds now) { timeline.SourceBegins(video, lane, now); },
      .on_batch =
          [&](const runtime::SimBatch& batch) {
            contracts::BatchKey key;
            key.component = scenario.components[static_cast<size_t>(batch.component)].name;
            key.device = scenario.devices[static_cast<size_t>(batch.device)].id;
            runtime::BatchReport report{.key = key,
                                        .launch = batch.launch,
                                        .lane = batch.lane,
                                        .began = batch.began,
                                        .took = batch.ended - batch.began};
            if (!batch.succeeded) report.failure = contracts::BatchFailure{};
            timeline.Batch(report);
          },
      .on_source =
          [&](const runtime::SimSource& source) {
            timeline.SourceEnded(source.video, source.lane, source.began, source.ended);
          }};
  auto result = runtime::Simulate(scenario, observer);
  if (const auto closed = (*trace)->Close(); !closed) return std::unexpected(closed.error());
  return result;
}

/// Returns whether all expectations are met.
base::Result<bool> PlayFile(const SimulateSettings& settings, const std::string& file,
                            Console& console, base::Json& documents) {
  const auto scenario = ReadScenario(file);
  if (!scenario) return std::unexpected(scenario.error());
  auto result = settings.trace ? Traced(*scenario, *settings.trace) : runtime::Simulate(*scenario);
  if (!result) return std::unexpected(result.error());
  result->look_ahead_loss = runtime::LookAheadLoss(*scenario, *result);
  const std::vector<std::string> unmet = Unmet(*scenario, *result);
  documents.push_back(ResultJson(*scenario, *result));
  if (!console.json()) console.Out(ResultText(*scenario, *result, console.out_color()));
  for (const std::string& what : unmet)
    console.Error(fmt::format("{}: {}", ShellQuote(file), what));
  return unmet.empty();
}

int RunSimulateCall(const SimulateSettings& settings, const std::vector<std::string>& files,
                    Console& console) {
  if (files.empty() == (settings.random == 0)) {
    return console.Fail(
        {.code = base::Code::kInvalidArgument,
         .message = "needs either scenario files or --random N: see `reelbatch simulate --help`"});
  }
  if (settings.trace && files.size() != 1) {
    return console.Fail({.code = base::Code::kInvalidArgument,
                         .message = "writes the timeline of one scenario: name one scenario file",
                         .context = "--trace"});
  }
  if (settings.random > 0) return PlayRandom(settings, console);
  int code = kExitDone;
  base::Json documents = base::Json::array();
  for (const std::string& file : files) {
    const auto met = PlayFile(settings, file, console, documents);
    if (!met) {
      console.Error(met.error().Text());
      code = kExitUsage;
    } else if (!*met) {
      code = std::max<int>(code, kExitSomeFailed);
    }
  }
  if (console.json()) console.Out(base::Pretty(documents));
  return code;
}

}  // namespace

int SimulateCommand(const Invocation& call) {
  SimulateSettings settings;
  const OptionTable table = MakeSimulateTable(settings);
  Console console("reelbatch simulate");
  const CommandLine line = ReadCommandLine(kSimulateText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(RunSimulateCall(settings, line.arguments, console));
}

}  // namespace reelbatch::app
