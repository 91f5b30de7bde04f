#include <fmt/format.h>

#include <utility>

#include "apps/reelbatch/bench/bench_commands.h"
#include "apps/reelbatch/bench/bench_progress.h"
#include "apps/reelbatch/bench/bench_report.h"
#include "apps/reelbatch/bench/bench_session.h"
#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/wall_clock.h"
#include "base/atomic_file.h"
#include "base/json_text.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kMicro = {
    .name = "bench micro",
    .synopsis = "--out DIR [VIDEO...]",
    .summary =
        "Measure a part of a component and each of its steps alone, on frames in memory, and "
        "compare the sum\n"
        "of the steps with the whole part. Times are wall time per frame pair (two consecutive "
        "frames),\n"
        "averaged without outliers.\n",
    .examples =
        "  reelbatch bench micro --part hard --out micro\n"
        "  reelbatch bench micro --part hard,soft --short-sides 320,1080 --input real --out "
        "micro\n",
};
constexpr CommandText kMatrix = {
    .name = "bench matrix",
    .synopsis = "--part PART --out DIR [VIDEO...]",
    .summary =
        "Measure a part at every size, both aspect ratios and all presets: 72 rows. Each row is "
        "written to its\n"
        "own file as soon as it is measured; --resume continues after an interruption. A row is "
        "measured again\n"
        "(at most three times) if its samples spread by more than 5 %, or if it waited for more "
        "than 5 % of\n"
        "its time; after that it is marked noisy.\n",
    .examples =
        "  reelbatch bench matrix --part hard --out costs\n"
        "  reelbatch bench matrix --part hard,soft --presets default --input real --out costs "
        "--resume\n",
};
constexpr CommandText kMemory = {
    .name = "bench memory",
    .synopsis = "--part PART --out DIR [VIDEO...]",
    .summary =
        "Measure the memory of a part, each row in its own process: the peak, minus the input, "
        "minus the memory\n"
        "of the process before the measurement.\n",
    .examples = "  reelbatch bench memory --part hard,soft --short-sides 720 --out costs\n",
};

const CommandText& TextOf(BenchKind kind) {
  return kind == BenchKind::kMicro ? kMicro : kind == BenchKind::kMatrix ? kMatrix : kMemory;
}

/// Everything that a sweep needs, and what is told about it.
class Bench {
 public:
  Bench(BenchKind kind, const BenchSettings& settings, const Invocation& call, Console& console)
      : kind_(kind), settings_(settings), call_(call), console_(console) {}

  int Run(const std::vector<std::string>& arguments, const base::CancelToken& cancel) {
    const measure::PartName& part = settings_.grid.part;
    if (settings_.grid.steps && part.At(contracts::Preset::kDefault).steps.empty()) {
      return console_.Fail(
          {base::Code::kInvalidArgument,
           fmt::format("{} has no steps to measure alone: use `bench matrix`", part.text),
           "--part"});
    }
    const auto folder = BenchFolder(settings_.out);
    if (!folder) return console_.Fail(folder.error());
    const auto clock = ChooseClock();
    if (!clock) return console_.Fail(clock.error());
    auto input = BenchInput::Make(settings_, arguments, cancel);
    if (!input) return console_.Fail(input.error());
    auto session = MakeSession(folder->path(), settings_.protocol);
    if (!session) return console_.Fail(session.error());
    session->frames = settings_.frames;
    session->concurrency = settings_.concurrency;
    session->input_kind = settings_.input;
    session->input = input->description();
    session->date = base::Iso8601((*clock)->Wall());
    const std::vector<measure::PlannedWork> plan = measure::PlanGrid(settings_.grid);
    console_.Note(fmt::format("{} on {}", Count(static_cast<int64_t>(plan.size()), "row"),
                              session->device->id));

    BenchProgress progress(console_);
    const measure::SweepCallbacks callbacks{
        .input =
            [&](const auto& bucket) { return input->Frames(bucket, settings_.frames, cancel); },
        .probe = [&](const auto& work,
                     const auto& stack) { return MeasureMemoryInChild(work, stack, cancel); },
        .on_row = [&](const auto& step) { progress.OnRow(step); }};
    const measure::SweepOptions options{.resume = settings_.resume,
                                        .times = kind_ != BenchKind::kMemory,
                                        .memory = settings_.memory};
    const auto report =
        measure::Sweep(*session, plan, options, *folder, callbacks, **clock, cancel);
    progress.Clear();
    return Tell(*folder, *session, plan, report);
  }

 private:
  int Tell(const measure::RowFolder& folder, const measure::Session& session,
           const std::vector<measure::PlannedWork>& plan,
           const base::Result<measure::SweepReport>& report) {
    // What is finished goes into the table, also after an interruption.
    const auto collected = folder.WriteTable();
    if (!report) {
      const int code = console_.Fail(report.error());
      if (code == kExitInterrupted && !settings_.resume)
        console_.Note("to continue: " + call_.line + " --resume");
      if (code == kExitInterrupted && settings_.resume) console_.Note("to continue: " + call_.line);
      return code;
    }
    if (!collected) return console_.Fail(collected.error());
    for (const std::string& file : collected->left_out) console_.Warn("not in the table: " + file);
    if (console_.json()) {
      console_.Out(base::Pretty(BenchJson(session, plan, *report, folder.table().string())));
    } else {
      console_.Out(Text(plan, *report));
    }
    if (report->noisy > 0) {
      console_.Warn(fmt::format(
          "{} noisy: measure again without --resume, on a machine that runs nothing else",
          Count(report->noisy, "row")));
    }
    if (session.dirty)
      console_.Warn(
          "the program was built from a working tree with uncommitted changes, so its rows are "
          "marked dirty");
    console_.Note(fmt::format("{} measured, {} kept, {} failed: {}", report->measured,
                              report->reused, report->failed, ShellQuote(folder.table().native())));
    return report->failed > 0 ? kExitSomeFailed : kExitDone;
  }

  std::string Text(const std::vector<measure::PlannedWork>& plan,
                   const measure::SweepReport& report) const {
    const bool color = console_.out_color();
    if (kind_ == BenchKind::kMicro) return MicroText(plan, report.rows, color);
    if (kind_ == BenchKind::kMemory) return MemoryText(plan, report.rows, color);
    return MatrixText(report.rows, color);
  }

  const BenchKind kind_;
  const BenchSettings& settings_;
  const Invocation& call_;
  Console& console_;
};

}  // namespace

base::Result<measure::RowFolder> BenchFolder(const std::optional<std::filesystem::path>& out) {
  if (!out) {
    return base::Fail(base::Code::kInvalidArgument,
                      "--out DIR is missing: name the folder for the rows");
  }
  measure::RowFolder folder(*out);
  if (auto made = folder.Create(); !made) return std::unexpected(made.error());
  // Before anything is measured: whether a file can appear there.
  auto probe = base::AtomicFile::Create(folder.table());
  if (!probe) return std::unexpected(probe.error());
  return folder;
}

int BenchRows(BenchKind kind, const Invocation& call) {
  BenchSettings settings;
  const OptionTable table = BenchOptions(kind, settings);
  Console console(fmt::format("reelbatch {}", TextOf(kind).name));
  const CommandLine line = ReadCommandLine(TextOf(kind), table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  return console.Finish(Bench(kind, settings, call, console).Run(line.arguments, cancel));
}

}  // namespace reelbatch::app
