#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/component_options.h"
#include "apps/reelbatch/cuts/run_results.h"
#include "apps/reelbatch/demo_check.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/reel_report.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/terminal.h"
#include "base/clock.h"
#include "base/json_text.h"
#include "engine/detect.h"
#include "engine/run_setup.h"
#include "engine/settle_config.h"
#include "engine/sinks.h"
#include "measure/machine.h"
#include "reel/demo_reel.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReelName = "demo_reel.mp4";

constexpr CommandText kDemoText = {
    .name = "demo",
    .synopsis = "[--out DIR]",
    .summary =
        "Make DIR/demo_reel.mp4 and its truth DIR/demo_reel.json: moving textured shots with hard "
        "cuts, a dissolve,\n"
        "a fade, and traps (places that look like cuts but are not), all at known frames.\n"
        "\n"
        "--check compares detected cuts with the known ones. Exit code 1: a hard cut was missed, "
        "or a false one\n"
        "was found.\n",
    .examples =
        "  reelbatch demo --out demo && reelbatch run demo/demo_reel.mp4 --out out\n"
        "  reelbatch demo --out demo --check=out\n",
};

struct DemoSettings {
  CommonOptions common;
  std::optional<fs::path> out;
  std::optional<fs::path> check;  // "-": look at the reel anew; else the folder of a run
  std::optional<int> seed;
};

uint64_t SeedOf(const DemoSettings& settings) {
  return static_cast<uint64_t>(settings.seed.value_or(1));
}

OptionTable MakeDemoTable(DemoSettings& settings) {
  OptionTable table;
  table.Group("Demo reel");
  table.Add(PathOption("out", "DIR", "Write the demo reel into this folder (default demo)",
                       settings.out));
  Option check = PathOption("check", "RUN_OUT",
                            "Compare the cuts that a run wrote into RUN_OUT with the known cuts; "
                            "--check alone detects the cuts now",
                            settings.check);
  check.takes = Takes::kFile;
  table.Add(std::move(check));
  table.Lacks(
      "script",
      "is an option of another program: use `reelbatch-lab reel --script FILE --out VIDEO`");
  Option seed{.name = "seed",
              .value_name = "N",
              .help = "Draw other pictures with the same cuts (default 1)"};
  seed.set = [&settings](const std::string& text) -> base::Status {
    const auto parsed = ParseInteger(text, 0, 1'000'000'000);
    if (!parsed) return std::unexpected(parsed.error());
    settings.seed = *parsed;
    return {};
  };
  table.Add(std::move(seed));
  AddCommonOptions(table, settings.common);
  return table;
}

/// The events of the reel in the newest result that a run left in `out`.
base::Result<std::vector<contracts::Event>> EventsOfRun(const fs::path& out) {
  auto results = ReadRunResults(out);
  if (!results) return std::unexpected(results.error());
  for (auto& record : results->records) {
    if (record.video == kReelName) return std::move(record.events);
  }
  if (!results->unreadable.empty()) return std::unexpected(results->unreadable.front());
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("has no result for {}: run `reelbatch run DIR/{} --out {}` first",
                                kReelName, kReelName, ShellQuote(out.native())),
                    ShellQuote(out.native()));
}

/// The events of the reel, found now.
base::Result<std::vector<contracts::Event>> EventsNow(const fs::path& video, int threads,
                                                      Console& console,
                                                      const base::CancelToken& cancel) {
  contracts::RunConfig config;
  if (auto settled = engine::SettleConfig(config, engine::Catalog::Builtin()); !settled)
    return std::unexpected(settled.error());
  ProgressPrinter progress(console, 1, false);
  const auto detected =
      engine::DetectInMemory({.videos = {video}, .config = config, .work = {}, .threads = threads},
                             engine::Catalog::Builtin(), &progress, cancel);
  if (!detected) return std::unexpected(detected.error());
  const runtime::RunReport& report = detected->report;
  progress.Finish(report);
  if (report.lanes_given_up > 0) {
    // A thread is stuck in foreign code: what the process destroys when it exits may be its.
    const bool no_lanes = report.end == runtime::RunEnd::kSinkFailed;
    std::_Exit(console.Finish(no_lanes ? console.Fail(report.sink_error) : kExitSomeFailed));
  }
  if (report.end == runtime::RunEnd::kSinkFailed) return std::unexpected(report.sink_error);
  if (report.end == runtime::RunEnd::kCancelled)
    return base::Fail(base::Code::kCancelled, "interrupted");
  const auto& outcome = detected->outcomes.front();
  if (outcome && !outcome->fault) {
    if (const contracts::EventList* const found = contracts::EventsOf(*outcome))
      return found->events;
  }
  const std::string reason = outcome && outcome->fault ? outcome->fault->reason : "nothing found";
  return base::Fail(base::Code::kCorrupt, reason, ShellQuote(video.native()));
}

/// `against` is a run's output folder, or "-" to look at the reel now.
int Check(const DemoSettings& settings, const fs::path& against, const fs::path& folder,
          Console& console) {
  fs::path video = folder / kReelName;
  fs::path truth = video;
  truth.replace_extension(".json");
  std::error_code error;
  if (!fs::exists(video, error) || !fs::exists(truth, error)) {
    const auto made = reel::MakeDemoReel(folder, {.seed = SeedOf(settings)});
    if (!made) return console.Fail(made.error());
    video = made->video;
    truth = made->truth;
  }
  const auto known = ReadKnownCuts(truth);
  if (!known) return console.Fail(known.error());
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  const auto events = against == "-" ? EventsNow(video, settings.common.threads, console, cancel)
                                     : EventsOfRun(against);
  if (!events) return console.Fail(events.error());
  const Comparison comparison = Compare(*known, *events);
  if (console.json()) {
    base::Json document{{"hits", comparison.hits},
                        {"missed", comparison.missed},
                        {"false", comparison.false_cuts},
                        {"rows", base::Json::array()}};
    for (const auto& row : comparison.rows) {
      document["rows"].push_back({{"frame", row.frame},
                                  {"known", row.known},
                                  {"found", row.found},
                                  {"verdict", row.verdict}});
    }
    console.Out(base::Pretty(document));
  } else {
    console.Out(ComparisonText(comparison, console.out_color()));
  }
  return comparison.good() ? kExitDone : kExitSomeFailed;
}

int RunDemoCall(const DemoSettings& settings, const std::vector<std::string>& arguments,
                Console& console) {
  const auto usage = [&](std::string message) {
    return console.Fail({base::Code::kInvalidArgument, std::move(message)});
  };
  if (!arguments.empty()) {
    const std::string argument = ShellQuote(arguments.front());
    const bool meant = settings.check == "-";
    return usage(fmt::format("takes no argument, but got {0}{1}{2}", argument,
                             meant ? "; to compare with that run, use --check=" : "",
                             meant ? argument : ""));
  }
  const fs::path folder = settings.out.value_or("demo");
  if (settings.check) return Check(settings, *settings.check, folder, console);
  const auto made = reel::MakeDemoReel(folder, {.seed = SeedOf(settings)});
  if (!made) return console.Fail(made.error());
  PrintReel(*made, console);
  return kExitDone;
}

}  // namespace

int DemoCommand(const Invocation& call) {
  DemoSettings settings;
  const OptionTable table = MakeDemoTable(settings);
  Console console("reelbatch demo");
  const CommandLine line = ReadCommandLine(kDemoText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(RunDemoCall(settings, line.arguments, console));
}

}  // namespace reelbatch::app
