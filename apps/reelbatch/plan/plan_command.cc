#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/reelbatch/batch_table.h"
#include "apps/reelbatch/command.h"
#include "apps/reelbatch/component_options.h"
#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/input_report.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/plan/plan_scenario.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "engine/batch_setup.h"
#include "engine/run_models.h"
#include "engine/run_setup.h"
#include "engine/settle_config.h"
#include "runtime/simulator/simulator.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kPlanText = {
    .name = "plan",
    .synopsis = "INPUT...",
    .summary =
        "Predict what `run` with the same options would do, without decoding: the time, the "
        "batches with their\n"
        "limiting factors, the lower bound of the time, and the gap to it (predicted time / lower "
        "bound).\n"
        "-v lists every batch. The prediction uses the cost rows that `reelbatch costs show` "
        "prints. It cannot\n"
        "know about damaged videos or about batches that run out of memory.\n"
        "\n"
        "Limiting factors (why a batch is not larger or starts now, or why a video starts as it "
        "does):\n"
        "  vram           a larger batch would not fit into the memory of the device\n"
        "  ram            a larger batch would not fit into the memory of this machine\n"
        "  cores          of a video: it starts when it does because every core has work\n"
        "  component_cap  the batch has the largest size that its component allows\n"
        "  video_cap      the batch has units of as many videos as one batch may mix\n"
        "  learned_limit  larger batches of this kind ran out of memory before\n"
        "  tail           no more units of this kind are coming\n"
        "  delay          a unit has waited for --max-queue-delay\n"
        "  deadline       of a video: preset fast, because the run would end after --deadline\n"
        "  best_ratio     a larger batch would take more time per unit, as measured\n"
        "  retry          the batch retries units of a batch that failed\n"
        "\n"
        "Limiting factors of the lower bound:\n"
        "  decode         decoding and analysis on all cores\n"
        "  chain          the longest sequence of steps that must follow each other\n"
        "  work           the time of all batches at their best batch sizes\n"
        "  memory         the time of all batches within the memory of the device\n",
    .examples =
        "  reelbatch plan clips/\n"
        "  reelbatch plan clips/ --components cut_detection,core_optical_flow --threads 8 --json\n",
};

struct PlanSettings {
  CommonOptions common;
  contracts::RunConfig config;
  engine::WorkOptions work;
  ModelOptions models;
  std::vector<std::string> cost_tables;
};

OptionTable MakePlanTable(PlanSettings& settings, const engine::Catalog& catalog) {
  OptionTable table;
  AddComponentOptions(table, settings.config, catalog);
  table.Group("Effort");
  AddEffortOptions(table, settings.config);
  AddFrameOptions(table, settings.config, catalog.Names());
  AddWorkOptions(table, settings.work);
  AddDeadlineOption(table, settings.work, settings.config);
  AddBatchOptions(table, settings.work);
  AddModelOptions(table, settings.models);
  table.Add(WordsOption("costs", "FILE,...",
                        "Predict times from the cost rows in these files, in addition to the "
                        "built-in rows (default: the built-in rows only)",
                        settings.cost_tables));
  AddCommonOptions(table, settings.common);
  return table;
}

/// One batch of the plan.
struct PlannedBatch {
  runtime::SimBatch batch;
  int videos = 0;
};

std::vector<PlannedBatch> BatchesOf(std::vector<runtime::SimBatch> batches) {
  std::vector<PlannedBatch> planned;
  for (runtime::SimBatch& batch : batches) {
    int videos = 0;
    for (size_t k = 0; k < batch.launch.units.size(); ++k) {
      videos += k == 0 || batch.launch.units[k - 1].video != batch.launch.units[k].video ? 1 : 0;
    }
    planned.push_back({.batch = std::move(batch), .videos = videos});
  }
  std::ranges::stable_sort(planned, {}, [](const PlannedBatch& one) { return one.batch.began; });
  return planned;
}

std::string BatchList(const PlannedRun& plan, const std::vector<PlannedBatch>& batches,
                      bool color) {
  Table table({{"start s", Align::kRight},
               {"key"},
               {"units", Align::kRight},
               {"videos", Align::kRight},
               {"limiting factor"},
               {"predicted ms", Align::kRight},
               {"predicted MiB", Align::kRight}});
  for (const PlannedBatch& one : batches) {
    const planning::LaunchBatch& launch = one.batch.launch;
    table.AddRow({fmt::format("{:.3f}", std::chrono::duration<double>(one.batch.began).count()),
                  OneLine(plan.scenario.components[static_cast<size_t>(one.batch.component)].name),
                  fmt::format("{}", launch.units.size()), fmt::format("{}", one.videos),
                  std::string(planning::BindingName(launch.binding)),
                  fmt::format("{:.2f}", launch.predicted_ms),
                  fmt::format("{:.1f}", launch.predicted_mb)});
  }
  return table.Render(color) + "\n";
}

std::string PlanText(const PlannedRun& plan, const runtime::SimResult& result,
                     const std::vector<PlannedBatch>& batches, const Console& console) {
  if (result.videos == 0) return "no video can be read, so there is nothing to plan\n";
  std::string text = StageGraphText(plan.graph);
  if (!plan.scenario.components.empty()) {
    if (console.verbose() > 0) text += BatchList(plan, batches, console.out_color());
    Table table({{"key"},
                 {"units", Align::kRight},
                 {"batches", Align::kRight},
                 {"mean size", Align::kRight},
                 {"max videos", Align::kRight},
                 {"predicted ms", Align::kRight},
                 {"max MiB", Align::kRight},
                 {"batch sizes"},
                 {"limiting factor"}});
    for (size_t k = 0; k < result.components.size(); ++k) {
      const runtime::SimComponentResult& component = result.components[k];
      if (!plan.keys[k]) continue;
      double ms = 0;
      double mb = 0;
      int videos = 0;
      for (const PlannedBatch& one : batches) {
        if (std::cmp_not_equal(one.batch.component, k)) continue;
        ms += one.batch.launch.predicted_ms;
        mb = std::max(mb, one.batch.launch.predicted_mb);
        videos = std::max(videos, one.videos);
      }
      table.AddRow({OneLine(plan.scenario.components[k].name), fmt::format("{}", component.units),
                    fmt::format("{}", component.batches),
                    fmt::format("{:.2f}", MeanSize(component.sizes)), fmt::format("{}", videos),
                    fmt::format("{:.0f}", ms), fmt::format("{:.1f}", mb),
                    SizesText(component.sizes), BindingsText(component.by_binding)});
    }
    text += table.Render(console.out_color()) + std::string(kLimitingFactorNote) + "\n";
  }
  const int64_t not_done = result.videos_failed + result.videos_rejected;
  if (not_done == 0) {
    text +=
        fmt::format("{}: {:.1f} s predicted; lower bound {:.1f} s (limited by {}); gap {:.2f}\n",
                    Count(result.videos, "video"), result.makespan_s, result.bound.ms / 1e3,
                    planning::BoundKindName(result.bound.kind), result.gap);
  } else {
    text +=
        fmt::format("{}: {:.1f} s predicted\n", Count(result.videos, "video"), result.makespan_s);
  }
  if (result.second_passes > 0) {
    text += fmt::format(
        "second passes: {} (they decode only the places that the results of the first pass ask "
        "for)\n",
        result.second_passes);
  }
  if (not_done > 0)
    text += fmt::format(
        "{} would fail, because decoding it or running one of its units needs more memory than is "
        "free or than --max-memory allows\n",
        Count(not_done, "video"));
  if (result.videos_fast > 0)
    text += fmt::format("{} with preset fast, to meet the deadline\n",
                        Count(result.videos_fast, "video"));
  if (plan.not_priced > 0) {
    text += fmt::format(
        "{} without a predicted time (counted as 0 s): no cost row fits; `reelbatch bench` "
        "measures one\n",
        Count(plan.not_priced, "video"));
  }
  return text;
}

base::Json PlanJson(const PlannedRun& plan, const runtime::SimResult& result,
                    const std::vector<PlannedBatch>& batches) {
  base::Json document{{"schema", "reelbatch_plan_v1"},
                      {"videos", result.videos},
                      {"videos_failed", result.videos_failed + result.videos_rejected},
                      {"not_priced", plan.not_priced},
                      {"videos_fast", result.videos_fast},
                      {"expected_s", base::Rounded(result.makespan_s, 6)},
                      {"bound_s", base::Rounded(result.bound.ms / 1e3, 6)},
                      {"bound_by", planning::BoundKindName(result.bound.kind)},
                      {"gap", base::Rounded(result.gap, 6)}};
  document["stages"] = StageGraphJson(plan.graph);
  if (result.second_passes > 0) document["second_passes"] = result.second_passes;
  document["batches"] = base::Json::array();
  for (const PlannedBatch& one : batches) {
    const planning::LaunchBatch& launch = one.batch.launch;
    document["batches"].push_back(
        {{"component", plan.keys[static_cast<size_t>(one.batch.component)]->component},
         {"stage", plan.keys[static_cast<size_t>(one.batch.component)]->stage},
         {"key", plan.scenario.components[static_cast<size_t>(one.batch.component)].name},
         {"units", launch.units.size()},
         {"videos", one.videos},
         {"reason", planning::BindingName(launch.binding)},
         {"predicted_ms", base::Rounded(launch.predicted_ms, 6)},
         {"predicted_mb", base::Rounded(launch.predicted_mb, 6)}});
  }
  return document;
}

int RunPlanCall(PlanSettings& settings, const Invocation& call,
                const std::vector<std::string>& arguments, Console& console,
                const base::CancelToken& cancel) {
  if (const auto checked = CheckFrameOptions(settings.config); !checked)
    return console.Fail(checked.error());
  if (const auto settled =
          engine::SettleConfig(settings.config, *call.catalog, engine::EarlierRuns::kMayServe);
      !settled)
    return console.Fail(settled.error());
  if (const auto checked = CheckModelOptions(settings.models, settings.work.executor); !checked)
    return console.Fail(checked.error());
  const auto inputs = ExpandInputs(
      arguments, {.picture_fps = settings.config.sampling.picture_fps, .cancel = &cancel});
  if (!inputs) return console.Fail(inputs.error());
  TellInputs(*inputs, console);
  const measure::Machine machine = measure::ReadMachine();
  runtime::RunOptions options =
      engine::MakeRunOptions(settings.config, settings.work, settings.common.threads, machine);
  const auto tables = LoadCostTablesWith(settings.cost_tables, console);
  if (!tables) return RefuseTable(tables.error(), console);
  const engine::RunPrices prices(*tables, *call.catalog, settings.config, options,
                                 inputs->videos.size());
  const engine::RunModels models(PlacesOf(settings.models), options.threads, *tables);
  auto batching =
      engine::SetUpBatching(settings.config, *call.catalog, models, settings.work, machine);
  if (!batching) return console.Fail(batching.error());
  options.batching = std::move(batching->options);
  auto plan = PlanRun(
      {.config = settings.config, .catalog = *call.catalog, .options = options, .prices = prices},
      inputs->videos, cancel);
  if (!plan) return console.Fail(plan.error());
  for (const base::Error& error : plan->unreadable) console.Error(error.Text());
  if (settings.work.deadline)
    plan->scenario.deadline_s = std::chrono::duration<double>(*settings.work.deadline).count();
  std::vector<runtime::SimBatch> launched;
  auto result = runtime::Simulate(
      plan->scenario,
      {.on_batch = [&](const runtime::SimBatch& batch) { launched.push_back(batch); },
       .on_source = {}});
  if (!result) return console.Fail(result.error());
  const auto bound = BoundOfPlan(*plan, options.threads);
  if (!bound) return console.Fail(bound.error());
  result->bound = *bound;
  result->gap = bound->ms > 0 ? result->makespan_s * 1e3 / bound->ms : 0;
  const std::vector<PlannedBatch> batches = BatchesOf(std::move(launched));
  if (console.json()) {
    console.Out(base::Pretty(PlanJson(*plan, *result, batches)));
  } else {
    console.Out(PlanText(*plan, *result, batches, console));
  }
  const bool all = plan->unreadable.empty() && inputs->unreadable.empty() &&
                   result->videos_failed + result->videos_rejected == 0;
  return all ? kExitDone : kExitSomeFailed;
}

}  // namespace

int PlanCommand(const Invocation& call) {
  PlanSettings settings;
  const OptionTable table = MakePlanTable(settings, *call.catalog);
  Console console("reelbatch plan");
  const CommandLine line = ReadCommandLine(kPlanText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  return console.Finish(RunPlanCall(settings, call, line.arguments, console, cancel));
}

}  // namespace reelbatch::app
