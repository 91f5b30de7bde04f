#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "apps/reelbatch/batch_log.h"
#include "apps/reelbatch/bench/bench_session.h"
#include "apps/reelbatch/command.h"
#include "apps/reelbatch/component_options.h"
#include "apps/reelbatch/costs/cost_tables.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/input_report.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/run_bound.h"
#include "apps/reelbatch/run_observers.h"
#include "apps/reelbatch/run_summary.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/wall_clock.h"
#include "base/atomic_file.h"
#include "base/json_text.h"
#include "base/units.h"
#include "engine/batch_setup.h"
#include "engine/limit_book.h"
#include "engine/run_models.h"
#include "engine/run_prices.h"
#include "engine/run_setup.h"
#include "engine/settle_config.h"
#include "engine/sinks.h"
#include "engine/stored_components.h"
#include "engine/this_device.h"
#include "measure/machine.h"
#include "measure/process_memory.h"
#include "store/metrics_text.h"
#include "store/trace_writer.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kText = {
    .name = "run",
    .synopsis = "INPUT... --out DIR",
    .summary =
        "Finds the cuts of many videos and writes one result folder per video. The same call "
        "continues what was\n"
        "interrupted and skips what is done and unchanged.\n\n"
        "INPUT is a video, a folder (with everything below it), @LIST.txt (a name per line, # for "
        "comments), a\n"
        "quoted pattern ('clips/**/*.mp4'), - (a video on standard input), @- (a list there), "
        "file:///PATH, or a\n"
        "picture sequence: 'frames/%05d.png', or a folder of pictures (--fps F).\n",
    .examples =
        "  reelbatch run clips/ --out results\n"
        "  reelbatch run a.mp4 @more.txt --out results --analysis-fps 5 --threads 4\n",
};

struct Settings {
  CommonOptions common;
  contracts::RunConfig config;
  engine::WorkOptions work;
  ModelOptions models;
  std::optional<std::filesystem::path> out;
  std::optional<std::filesystem::path> config_file;
  std::vector<std::string> cost_tables;
  std::optional<std::filesystem::path> trace;
  std::optional<std::filesystem::path> metrics;
  bool force = false;
};

OptionTable MakeTable(Settings& settings, const engine::Catalog& catalog) {
  OptionTable table;
  table.Group("Where results go");
  table.Add(PathOption("out", "DIR", "folder for the results; made where it is missing (required)",
                       settings.out));
  table.Add(SwitchOption("force", "do again what is done already", settings.force));
  Option config = PathOption(
      "config", "FILE",
      "YAML file with options: `analysis-fps: 5`, `inputs: [clips/]`; the command line wins",
      settings.config_file);
  config.in_config = false;
  table.Add(std::move(config));
  AddComponentOptions(table, settings.config, catalog);
  table.Group("How much to compute");
  AddEffortOptions(table, settings.config);
  AddFrameOptions(table, settings.config);
  AddWorkOptions(table, settings.work);
  AddDeadlineOption(table, settings.work, settings.config);
  AddBatchOptions(table, settings.work);
  AddModelOptions(table, settings.models);
  table.Add(WordsOption(
      "costs", "FILE,...",
      "rows of costs beside those that the program brings along: what videos are expected to take",
      settings.cost_tables));
  table.Group("What happened, for tools");
  table.Add(PathOption("trace", "FILE",
                       "timeline of the run, for ui.perfetto.dev: lanes, batches, queues, memory",
                       settings.trace));
  table.Add(
      PathOption("metrics", "FILE", "counts of the run as Prometheus text", settings.metrics));
  AddCommonOptions(table, settings.common);
  table.Lacks(
      "concat",
      "goes with `reelbatch cuts` alone: a run keeps one result per file, by the content of "
      "that file");
  return table;
}

base::Result<InputList> CheckLine(Settings& settings, const engine::Catalog& catalog,
                                  const std::vector<std::string>& arguments,
                                  const base::CancelToken& cancel) {
  if (const auto checked = CheckFrameOptions(settings.config); !checked)
    return std::unexpected(checked.error());
  if (const auto checked = CheckModelOptions(settings.models, settings.work.executor); !checked)
    return std::unexpected(checked.error());
  if (!settings.out) {
    return base::Fail(base::Code::kInvalidArgument, "is required: name the folder for the results",
                      "--out");
  }
  std::error_code error;
  const bool earlier =
      std::filesystem::exists(store::FolderLayout{.root = *settings.out}.videos(), error);
  if (const auto settled = engine::SettleConfig(
          settings.config, catalog,
          earlier ? engine::EarlierRuns::kMayServe : engine::EarlierRuns::kNone);
      !settled) {
    return std::unexpected(settled.error());
  }
  return ExpandInputs(arguments,
                      {.picture_fps = settings.config.sampling.picture_fps, .cancel = &cancel});
}

/// Runs the videos into an open folder and says how it went. Returns the exit code.
class FolderRun {
 public:
  FolderRun(const Settings& settings, const Invocation& call, const InputList& inputs,
            const measure::Machine& machine, const std::vector<contracts::CostTable>& tables,
            engine::BatchSetup& batching, store::OutputFolder& folder, const base::Clock& clock,
            Console& console)
      : settings_(settings),
        call_(call),
        inputs_(inputs),
        machine_(machine),
        tables_(tables),
        batching_(batching),
        folder_(folder),
        clock_(clock),
        console_(console) {}

  int Go(const base::CancelToken& cancel) {
    const base::Nanoseconds begin = clock_.Steady();
    if (const auto registered = folder_.Register(SourcesOf(inputs_), cancel); !registered) {
      if (registered.error().code != base::Code::kCancelled) return Refuse(registered.error());
      (void)folder_.Note("run_finished", {{"run_id", folder_.run_id()}, {"ending", "interrupted"}});
      const std::vector<std::optional<VideoResult>> none(inputs_.videos.size());
      const RunSummary summary =
          Summarise(none, runtime::RunEnd::kCancelled, kExitInterrupted, begin);
      if (console_.json()) PrintSummaryJson(SummaryJson(summary), summary, console_);
      return Resume();
    }
    std::vector<runtime::Input> run_inputs;
    for (const auto& video : inputs_.videos) {
      run_inputs.push_back({.id = static_cast<int>(run_inputs.size()), .path = video});
    }
    RankByVideoId(run_inputs);
    runtime::RunOptions options = engine::MakeRunOptions(settings_.config, settings_.work,
                                                         settings_.common.threads, machine_);
    auto learned = folder_.Limits();
    if (!learned) console_.Warn(learned.error().Text() + "; what it held will be learned again");
    engine::LimitBook limits(folder_,
                             std::move(learned).value_or(std::vector<contracts::LimitRecord>()),
                             engine::ThisDevice().id, clock_.Wall());
    batching_.UseLimits(limits);
    options.batching = batching_.options;
    const std::vector<std::string> video_ids = VideoIds(run_inputs);
    BatchLog batches(folder_, limits, video_ids);
    std::unique_ptr<store::TraceWriter> trace;
    if (settings_.trace) {
      auto opened = store::TraceWriter::Open(*settings_.trace);
      if (!opened) return Refuse(opened.error());
      trace = std::move(*opened);
    }
    // Before anything is done: whether it can be written.
    if (auto written = WriteMetrics({}); !written) return Refuse(written.error());
    std::optional<RunTimeline> timeline;
    if (trace) timeline.emplace(*trace, clock_.Steady(), video_ids);
    CountingObserver counts(batches, timeline ? &*timeline : nullptr,
                            [&](const contracts::RunMetrics& metrics) {
                              // What cannot be written now is said when the run ends.
                              (void)WriteMetrics(metrics);
                            });
    options.batching.observer = &counts;
    console_.Detail(fmt::format("{} threads, {} for frames", options.threads,
                                base::FormatBytes(options.max_memory_bytes)));
    const engine::RunPrices prices(tables_, *call_.catalog, settings_.config, options,
                                   run_inputs.size());
    if (settings_.work.deadline) {
      options.batching.policy.deadline = begin + *settings_.work.deadline;
      options.expect = [&prices](const contracts::VideoInfo& info) { return prices.TimeOf(info); };
    }
    const auto held_before = measure::ReadProcessMemory().rss_mb;
    engine::FolderSink sink(folder_, prices, settings_.force);
    ProgressPrinter progress(console_, run_inputs.size(), true);
    std::optional<DrawingObserver> drawing;
    if (timeline) drawing.emplace(progress, *timeline, clock_);
    runtime::RunObserver* const observer =
        drawing ? static_cast<runtime::RunObserver*>(&*drawing) : &progress;
    const runtime::RunReport report = runtime::Run(
        run_inputs, options, engine::MakeDependencies(settings_.config, *call_.catalog), sink,
        observer, clock_, cancel);
    progress.Finish(report);

    batches.KeepLimits();
    base::Status ended = batches.status();
    if (auto closed = trace ? trace->Close() : base::Status(); !closed && ended)
      ended = std::move(closed);
    if (auto written = WriteMetrics(counts.metrics()); !written && ended)
      ended = std::move(written);
    if (auto finished = folder_.FinishRun(EndingOf(report.end), MemoryOf(report, held_before));
        ended)
      ended = std::move(finished);
    if (report.end == runtime::RunEnd::kSinkFailed) ended = std::unexpected(report.sink_error);
    int code = ended ? ExitCodeOf(report) : kExitEnvironment;
    RunSummary summary = Summarise(progress.results(), report.end, code, begin);
    if (!ended) summary.state = "failed";
    if (settings_.work.deadline)
      summary.deadline_s = std::chrono::duration<double>(*settings_.work.deadline).count();
    if (report.end == runtime::RunEnd::kFinished)
      summary.bound = BoundOfRun(progress.results(), batches, options);
    if (console_.json()) {
      base::Json document = SummaryJson(summary);
      if (!ended)
        document["error"] = {{"code", base::CodeName(ended.error().code)},
                             {"message", ended.error().Text()}};
      if (!batches.components().empty()) document["batching"] = batches.Json();
      PrintSummaryJson(document, summary, console_);
    } else if (!console_.quiet()) {
      console_.Out(batches.Text(console_.out_color()) + SummaryText(summary, console_.out_color()));
    }
    if (!ended) console_.Error(ended.error().Text());
    if (code == kExitInterrupted) Resume();
    if (report.lanes_given_up > 0) {
      // A thread is stuck in foreign code and cannot be joined: nothing may be destroyed under it.
      code = console_.Finish(code);
      std::_Exit(code);
    }
    return code;
  }

 private:
  base::Status WriteMetrics(const contracts::RunMetrics& metrics) const {
    if (!settings_.metrics) return {};
    return base::WriteFileAtomically(*settings_.metrics, store::MetricsText(metrics));
  }

  /// The order of units inside a batch, which no order of inputs changes.
  void RankByVideoId(std::vector<runtime::Input>& inputs) const {
    std::vector<std::pair<std::string, runtime::Input*>> ids;
    for (runtime::Input& input : inputs)
      ids.emplace_back(folder_.VideoId(input.path).value_or(""), &input);
    std::ranges::stable_sort(ids, {}, &std::pair<std::string, runtime::Input*>::first);
    for (size_t rank = 0; rank < ids.size(); ++rank)
      ids[rank].second->rank = static_cast<int>(rank);
  }

  /// By rank.
  std::vector<std::string> VideoIds(const std::vector<runtime::Input>& inputs) const {
    std::vector<std::string> ids(inputs.size());
    for (const runtime::Input& input : inputs)
      ids[static_cast<size_t>(input.rank)] = folder_.VideoId(input.path).value_or("");
    return ids;
  }

  RunSummary Summarise(const std::vector<std::optional<VideoResult>>& results, runtime::RunEnd end,
                       int code, base::Nanoseconds begin) const {
    return {.inputs = inputs_,
            .results = results,
            .folder = folder_,
            .out = settings_.out.value_or(std::filesystem::path()),
            .state = StateOf(end),
            .exit_code = code,
            .elapsed_s = std::chrono::duration<double>(clock_.Steady() - begin).count()};
  }

  /// A fixed clock stands for a run that is compared with others: nothing measured is told of it.
  static store::RunMemory MemoryOf(const runtime::RunReport& report,
                                   std::optional<double> held_before) {
    constexpr double kMib = 1 << 20;
    store::RunMemory memory{.peak_mb = measure::ReadProcessMemory().peak_mb};
    if (held_before)
      memory.predicted_peak_mb =
          *held_before + static_cast<double>(report.most_bytes_admitted) / kMib;
    return memory;
  }

  static store::RunEnding EndingOf(runtime::RunEnd end) {
    if (end == runtime::RunEnd::kFinished) return store::RunEnding::kFinished;
    return end == runtime::RunEnd::kCancelled ? store::RunEnding::kInterrupted
                                              : store::RunEnding::kFailed;
  }

  /// Nothing was begun: the journal must not say that a run was killed.
  int Refuse(const base::Error& error) {
    (void)folder_.Note("run_finished", {{"run_id", folder_.run_id()}, {"ending", "failed"}});
    return console_.Fail(error);
  }

  static std::string StateOf(runtime::RunEnd end) {
    if (end == runtime::RunEnd::kFinished) return "finished";
    return end == runtime::RunEnd::kCancelled ? "interrupted" : "failed";
  }

  int ExitCodeOf(const runtime::RunReport& report) const {
    if (report.end == runtime::RunEnd::kCancelled) return kExitInterrupted;
    const bool failed = report.totals.videos_failed > 0 || !inputs_.unreadable.empty();
    return failed || report.end == runtime::RunEnd::kFailedFast ? kExitSomeFailed : kExitDone;
  }

  int Resume() {
    console_.Error("interrupted; what is finished is kept. To resume, run the same command again:");
    console_.Note("  " + call_.line);
    return kExitInterrupted;
  }

  const Settings& settings_;
  const Invocation& call_;
  const InputList& inputs_;
  const measure::Machine& machine_;
  const std::vector<contracts::CostTable>& tables_;
  engine::BatchSetup& batching_;
  store::OutputFolder& folder_;
  const base::Clock& clock_;
  Console& console_;
};

}  // namespace

int RunCommand(const Invocation& call) {
  Settings settings;
  const OptionTable table = MakeTable(settings, *call.catalog);
  Console console("reelbatch run");
  const CommandLine line = ReadCommandLine(kText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  const auto inputs = CheckLine(settings, *call.catalog, line.arguments, cancel);
  if (!inputs) return console.Finish(console.Fail(inputs.error()));
  TellInputs(*inputs, console);
  const auto clock = ChooseClock();
  if (!clock) return console.Finish(console.Fail(clock.error()));

  // Models first: without them nothing is begun, and what was done with other ones is done again.
  const measure::Machine machine = measure::ReadMachine();
  const auto tables = LoadCostTablesWith(settings.cost_tables, console);
  if (!tables) return console.Finish(RefuseTable(tables.error(), console));
  const engine::RunModels models(
      PlacesOf(settings.models),
      settings.common.threads > 0 ? settings.common.threads : machine.cores_allowed, *tables);
  auto batching =
      engine::SetUpBatching(settings.config, *call.catalog, models, settings.work, machine);
  if (!batching) return console.Finish(console.Fail(batching.error()));
  const auto folder = store::OutputFolder::Open(
      {.folder = settings.out.value_or(std::filesystem::path()),
       .config = settings.config,
       .components = engine::StoredComponents(settings.config, *call.catalog, *batching),
       .outside = engine::OutsideComponents(settings.config, *call.catalog),
       .command_line = call.line,
       .force = settings.force},
      **clock);
  if (!folder) return console.Finish(console.Fail(folder.error()));
  return console.Finish(
      FolderRun(settings, call, *inputs, machine, *tables, *batching, **folder, **clock, console)
          .Go(cancel));
}

}  // namespace reelbatch::app
