#include <algorithm>
#include <cstdlib>
#include <utility>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/cuts/cuts_outputs.h"
#include "apps/reelbatch/cuts/cuts_settings.h"
#include "apps/reelbatch/cuts/run_results.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/input_report.h"
#include "apps/reelbatch/joined_inputs.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/signals.h"
#include "engine/detect.h"
#include "engine/settle_config.h"
#include "store/described_video.h"
#include "store/identity.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kCutsText = {
    .name = "cuts",
    .synopsis = "INPUT...",
    .summary =
        "Print or export the cuts of videos. Several videos, folders, @LIST.txt, quoted patterns,\n"
        "- (standard input) and picture sequences ('frames/%05d.png', a folder of pictures) work "
        "as in `run`.\n"
        "Frames are counted from 0. Times are counted from the earliest start of picture or sound, "
        "as in\n"
        "players; only cuts.json has the times of the container.\n"
        "\n"
        "--csv prints to stdout, --csv=FILE writes a file, and --csv=FOLDER/ writes "
        "FOLDER/VIDEO.csv for every\n"
        "video; the other output formats work in the same way. Only one format can go to stdout.\n"
        "Edit lists start at the timecode of the video, if it has one.\n",
    .examples =
        "  reelbatch cuts clip.mp4\n"
        "  reelbatch cuts clip.mp4 --csv=scenes.csv --edl=clip.edl --images stills/\n"
        "  reelbatch cuts --from out --min-confidence .3 --csv=scenes/\n",
};

// Of cut_detection.npz; those that its parts made.
const std::vector<std::string_view> kStatisticsColumns = {
    "hist_diff_l1",       "ssim_drop",  "flow_mag",        "hard_score",
    "soft_hsv_v",         "soft_lab_l", "motion_flow_mag", "motion_dir_consistency",
    "motion_mag_variance"};

class Cuts {
 public:
  Cuts(const CutsSettings& settings, const InputList& inputs, Console& console,
       const base::CancelToken& cancel)
      : settings_(settings), inputs_(inputs), console_(console), cancel_(cancel) {}

  int Go() {
    const auto detected = Detect();
    if (!detected) return console_.Finish(console_.Fail(detected.error()));
    const runtime::RunReport& report = *detected;
    code_ = inputs_.unreadable.empty() ? kExitDone : kExitSomeFailed;
    for (const CutsAnswer& answer : answers_) {
      if (!answer.answered()) code_ = kExitSomeFailed;
    }
    if (report.end == runtime::RunEnd::kCancelled) {
      console_.Error("interrupted; no output was written");
      code_ = kExitInterrupted;
    } else if (report.end == runtime::RunEnd::kSinkFailed) {
      code_ = console_.Fail(report.sink_error);
    } else {
      CutsOutputs outputs(settings_, std::move(answers_), console_, cancel_);
      code_ = std::max(code_, outputs.WriteAll());
    }
    code_ = console_.Finish(code_);
    // A thread is stuck in foreign code: what the process destroys when it exits may be its.
    if (report.lanes_given_up > 0) std::_Exit(code_);
    return code_;
  }

 private:
  base::Result<runtime::RunReport> Detect() {
    std::vector<std::filesystem::path> videos;
    for (const AnswerName& name : AnswerNames(settings_, inputs_.videos)) {
      videos.push_back(name.video);
      answers_.push_back({.video = name.video, .stem = name.stem, .record = {}});
    }
    const bool signals = NeedsSignals(settings_);
    ProgressPrinter progress(console_, videos.size(), false);
    engine::DetectRequest request{.videos = videos,
                                  .config = settings_.config,
                                  .work = settings_.work,
                                  .threads = settings_.common.threads,
                                  .keep_arrays = signals};
    if (settings_.concat) {
      request.adjust = [this](runtime::RunDependencies& dependencies) {
        ReadAsOne(inputs_.videos, settings_.config.sampling, dependencies);
      };
    }
    auto found = engine::DetectInMemory(request, engine::Catalog::Builtin(), &progress, cancel_);
    if (!found) return std::unexpected(found.error());
    engine::Detected& detected = *found;
    progress.Finish(detected.report);
    for (size_t i = 0; i < answers_.size(); ++i) {
      const auto& outcome = detected.outcomes[i];
      if (!outcome) continue;
      CutsAnswer& answer = answers_[i];
      answer.fault = outcome->fault;
      answer.empty_reason = outcome->empty_reason;
      if (!answer.fault) {
        Describe(*outcome, signals, answer);
      }
    }
    return std::move(detected.report);
  }

  void Describe(const contracts::VideoOutcome& outcome, bool signals, CutsAnswer& answer) const {
    static const contracts::ComponentResult kNone;
    const contracts::ComponentResult* const found = contracts::ResultWithEvents(outcome);
    const contracts::ComponentResult& result = found == nullptr ? kNone : *found;
    const contracts::EventList events = store::DescribeVideo(answer.video, "", outcome, result);
    answer.record =
        components::MakeCutsRecord({.result = result,
                                    .events = events,
                                    .config = settings_.config,
                                    .config_hash = store::ConfigHash(settings_.config)});
    if (signals) answer.record.signals = contracts::SignalsOf(result, kStatisticsColumns);
  }

  const CutsSettings& settings_;
  const InputList& inputs_;
  Console& console_;
  const base::CancelToken& cancel_;
  std::vector<CutsAnswer> answers_;
  int code_ = kExitDone;
};

/// The signals of every frame, where an output wants them. Long shots can be cut without them, too.
/// Errors: as ReadSignals().
base::Status SignalsFrom(const std::filesystem::path& arrays, const CutsSettings& settings,
                         components::CutsRecord& record) {
  if (!NeedsSignals(settings)) return {};
  auto read = ReadSignals(arrays, kStatisticsColumns, record);
  const bool exported = std::ranges::any_of(
      settings.exports, [](const ExportRequest& asked) { return asked.format->needs_signals; });
  return exported ? read : base::Status();
}

/// Another look at what a run found.
int GoFrom(const std::filesystem::path& from, const CutsSettings& settings,
           const std::vector<std::string>& arguments, Console& console) {
  if (const auto checked = CheckFromLine(settings, arguments); !checked)
    return console.Fail(checked.error());
  auto results = ReadRunResults(from);
  if (!results) return console.Fail(results.error());
  InputList inputs;
  for (const components::CutsRecord& record : results->records)
    inputs.videos.emplace_back(record.video);
  if (const auto checked = CheckCutsOutputs(settings, inputs); !checked)
    return console.Fail(checked.error());
  std::vector<CutsAnswer> answers;
  for (AnswerName& name : AnswerNames(settings, inputs.videos)) {
    components::CutsRecord& record = results->records[answers.size()];
    DecideAgain(settings.config, record);
    if (auto read = SignalsFrom(results->arrays[answers.size()], settings, record); !read)
      return console.Fail(read.error());
    answers.push_back({.video = std::move(name.video),
                       .stem = std::move(name.stem),
                       .fault = std::nullopt,
                       .record = std::move(record)});
  }
  for (const base::Error& error : results->unreadable) console.Error(error.Text());
  const int told = results->unreadable.empty() ? kExitDone : kExitSomeFailed;
  if (answers.empty()) return told;
  const base::CancelToken cancel;
  return std::max(told, CutsOutputs(settings, std::move(answers), console, cancel).WriteAll());
}

}  // namespace

int CutsCommand(const Invocation& call) {
  CutsSettings settings;
  const OptionTable table = CutsOptions(settings, *call.catalog);
  Console console("reelbatch cuts");
  const CommandLine line = ReadCommandLine(kCutsText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  for (const ExportRequest& request : settings.exports) {
    settings.common.json =
        settings.common.json || (request.format->name == "json" && request.to_stdout());
  }
  console.Configure(settings.common);
  if (settings.from)
    return console.Finish(GoFrom(*settings.from, settings, line.arguments, console));
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  if (const auto settled = engine::SettleConfig(settings.config, engine::Catalog::Builtin());
      !settled)
    return console.Finish(console.Fail(settled.error()));
  const auto inputs = CheckCutsLine(settings, line.arguments, cancel);
  if (!inputs) return console.Finish(console.Fail(inputs.error()));
  TellInputs(*inputs, console);
  return Cuts(settings, *inputs, console, cancel).Go();
}

}  // namespace reelbatch::app
