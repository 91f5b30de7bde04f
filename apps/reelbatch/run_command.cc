#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "apps/reelbatch/batch_report.h"
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
#include "engine/session.h"
#include "engine/settle_config.h"
#include "store/metrics_text.h"
#include "store/trace_writer.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kRunText = {
    .name = "run",
    .synopsis = "INPUT... --out DIR",
    .summary =
        "Find the cuts of many videos and write one result folder per video. The same command "
        "resumes an\n"
        "interrupted run, and skips videos that are finished and unchanged.\n"
        "\n"
        "INPUT is a video, a folder (with all its subfolders), @LIST.txt (one name per line, # for "
        "comments),\n"
        "a quoted pattern ('clips/**/*.mp4'), - (a video on standard input), @- (a list on "
        "standard input),\n"
        "file:///PATH, or a picture sequence: 'frames/%05d.png', or a folder of pictures (--fps "
        "F).\n",
    .examples =
        "  reelbatch run clips/ --out results\n"
        "  reelbatch run a.mp4 @more.txt --out results --analysis-fps 5 --threads 4\n",
};

struct RunSettings {
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

OptionTable MakeRunTable(RunSettings& settings, const engine::Catalog& catalog) {
  OptionTable table;
  table.Group("Results");
  table.Add(PathOption(
      "out", "DIR", "Write the results into this folder; it is created if it is missing (required)",
      settings.out));
  table.Add(SwitchOption("force", "Compute again what is already finished (default: skip it)",
                         settings.force));
  Option config = PathOption("config", "FILE",
                             "Read options from this YAML file: `analysis-fps: 5`, `inputs: "
                             "[clips/]`; the command line takes precedence",
                             settings.config_file);
  config.in_config = false;
  table.Add(std::move(config));
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
  table.Group("Trace and metrics");
  table.Add(PathOption("trace", "FILE",
                       "Write a timeline of the run for ui.perfetto.dev: lanes, batches, queues, "
                       "memory (default: none)",
                       settings.trace));
  table.Add(PathOption("metrics", "FILE",
                       "Write counters of the run as Prometheus text (default: none)",
                       settings.metrics));
  AddCommonOptions(table, settings.common);
  table.Lacks(
      "concat",
      "is an option of `reelbatch cuts` only, because `run` keeps one result for each file");
  return table;
}

base::Result<InputList> CheckLine(RunSettings& settings, const engine::Catalog& catalog,
                                  const std::vector<std::string>& arguments,
                                  const base::CancelToken& cancel) {
  if (const auto checked = CheckFrameOptions(settings.config); !checked)
    return std::unexpected(checked.error());
  if (const auto checked = CheckModelOptions(settings.models, settings.work.executor); !checked)
    return std::unexpected(checked.error());
  if (!settings.out) {
    return base::Fail(base::Code::kInvalidArgument,
                      "is required: name the folder for the results, e.g. --out results", "--out");
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

/// Runs the videos in an open session and says how it went. Returns the exit code.
class FolderRun {
 public:
  FolderRun(const RunSettings& settings, const Invocation& call, const InputList& inputs,
            engine::Session& session, const base::Clock& clock, Console& console)
      : settings_(settings),
        call_(call),
        inputs_(inputs),
        session_(session),
        clock_(clock),
        console_(console) {}

  int Go() {
    const base::Nanoseconds begin = clock_.Steady();
    if (const auto& error = session_.limits_error())
      console_.Warn(error->Text() + "; the batch limits in it are lost and will be learned again");
    if (const auto submitted = session_.Submit(SourcesOf(inputs_)); !submitted) {
      if (submitted.error().code != base::Code::kCancelled) return Refuse(submitted.error());
      session_.Abandon(store::RunEnding::kInterrupted);
      const std::vector<std::optional<VideoResult>> none(inputs_.videos.size());
      const RunSummary summary =
          Summarise(none, runtime::RunEnd::kCancelled, kExitInterrupted, begin);
      if (console_.json()) PrintSummaryJson(SummaryJson(summary), summary, console_);
      return Resume();
    }
    session_.Close();
    std::unique_ptr<store::TraceWriter> trace;
    if (settings_.trace) {
      auto opened = store::TraceWriter::Open(*settings_.trace);
      if (!opened) return Refuse(opened.error());
      trace = std::move(*opened);
    }
    // Before anything is done: whether it can be written.
    if (auto written = WriteMetrics({}); !written) return Refuse(written.error());
    std::optional<RunTimeline> timeline;
    if (trace) timeline.emplace(*trace, clock_.Steady(), VideoIds());
    CountingObserver counts(timeline ? &*timeline : nullptr,
                            [&](const contracts::RunMetrics& metrics) {
                              // What cannot be written now is said when the run ends.
                              (void)WriteMetrics(metrics);
                            });
    console_.Detail(fmt::format("{} threads, {} for frames", session_.options().threads,
                                base::FormatBytes(session_.options().max_memory_bytes)));
    ProgressPrinter progress(console_, inputs_.videos.size(), true);
    std::optional<DrawingObserver> drawing;
    if (timeline) drawing.emplace(progress, *timeline, clock_);
    session_.Observe(drawing ? static_cast<runtime::RunObserver*>(&*drawing) : &progress, &counts);
    const engine::SessionReport report = session_.Watch();
    progress.Finish(report.run);

    base::Status ended = report.folder;
    if (auto closed = trace ? trace->Close() : base::Status(); !closed && ended)
      ended = std::move(closed);
    if (auto written = WriteMetrics(counts.metrics()); !written && ended)
      ended = std::move(written);
    if (report.run.end == runtime::RunEnd::kSinkFailed)
      ended = std::unexpected(report.run.sink_error);
    return Tell(report.run, progress.results(), ended, begin);
  }

 private:
  int Tell(const runtime::RunReport& report, const std::vector<std::optional<VideoResult>>& results,
           const base::Status& ended, base::Nanoseconds begin) {
    int code = ended ? ExitCodeOf(report) : kExitEnvironment;
    RunSummary summary = Summarise(results, report.end, code, begin);
    if (!ended) summary.state = "failed";
    if (settings_.work.deadline)
      summary.deadline_s = std::chrono::duration<double>(*settings_.work.deadline).count();
    if (report.end == runtime::RunEnd::kFinished)
      summary.bound = BoundOfRun(results, session_.batches(), session_.options());
    if (console_.json()) {
      base::Json document = SummaryJson(summary);
      if (!ended)
        document["error"] = {{"code", base::CodeName(ended.error().code)},
                             {"message", ended.error().Text()}};
      if (!session_.batches().stages().empty())
        document["batching"] = BatchesJson(session_.batches());
      PrintSummaryJson(document, summary, console_);
    } else if (!console_.quiet()) {
      console_.Out(BatchesText(session_.batches(), console_.out_color()) +
                   SummaryText(summary, console_.out_color()));
    }
    if (!ended) console_.Error(ended.error().Text());
    if (code == kExitInterrupted) Resume();
    if (report.lanes_given_up > 0) {
      // A thread is stuck in foreign code: what the process destroys when it exits may be its.
      code = console_.Finish(code);
      std::_Exit(code);
    }
    return code;
  }

  base::Status WriteMetrics(const contracts::RunMetrics& metrics) const {
    if (!settings_.metrics) return {};
    return base::WriteFileAtomically(*settings_.metrics, store::MetricsText(metrics));
  }

  /// By rank.
  std::vector<std::string> VideoIds() const {
    std::vector<std::string> ids;
    for (size_t rank = 0; rank < inputs_.videos.size(); ++rank)
      ids.push_back(session_.VideoId(static_cast<int>(rank)));
    return ids;
  }

  RunSummary Summarise(const std::vector<std::optional<VideoResult>>& results, runtime::RunEnd end,
                       int code, base::Nanoseconds begin) const {
    return {.inputs = inputs_,
            .results = results,
            .folder = *session_.folder(),
            .out = settings_.out.value_or(std::filesystem::path()),
            .state = StateOf(end),
            .exit_code = code,
            .elapsed_s = std::chrono::duration<double>(clock_.Steady() - begin).count()};
  }

  /// Nothing was begun: the journal must not say that a run was killed.
  int Refuse(const base::Error& error) {
    session_.Abandon(store::RunEnding::kFailed);
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
    console_.Error(
        "interrupted; finished results are kept. To resume, run the same command again:");
    console_.Note("  " + call_.line);
    return kExitInterrupted;
  }

  const RunSettings& settings_;
  const Invocation& call_;
  const InputList& inputs_;
  engine::Session& session_;
  const base::Clock& clock_;
  Console& console_;
};

}  // namespace

int RunCommand(const Invocation& call) {
  RunSettings settings;
  const OptionTable table = MakeRunTable(settings, *call.catalog);
  Console console("reelbatch run");
  const CommandLine line = ReadCommandLine(kRunText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  const auto inputs = CheckLine(settings, *call.catalog, line.arguments, cancel);
  if (!inputs) return console.Finish(console.Fail(inputs.error()));
  TellInputs(*inputs, console);
  const auto clock = ChooseClock();
  if (!clock) return console.Finish(console.Fail(clock.error()));

  const auto tables = LoadCostTablesWith(settings.cost_tables, console);
  if (!tables) return console.Finish(RefuseTable(tables.error(), console));
  const auto session = engine::Session::Open(
      {.catalog = *call.catalog,
       .config = settings.config,
       .work = settings.work,
       .threads = settings.common.threads,
       .tables = *tables,
       .models = PlacesOf(settings.models),
       .folder = engine::FolderTarget{.path = settings.out.value_or(std::filesystem::path()),
                                      .command_line = call.line,
                                      .force = settings.force},
       .videos = inputs->videos.size(),
       .names_videos = settings.trace.has_value()},
      **clock, cancel);
  if (!session) return console.Finish(console.Fail(session.error()));
  return console.Finish(FolderRun(settings, call, *inputs, **session, **clock, console).Go());
}

}  // namespace reelbatch::app
