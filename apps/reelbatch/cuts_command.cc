#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/cuts_report.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/export_format.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/machine.h"
#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/output_check.h"
#include "apps/reelbatch/pipeline.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/run_summary.h"
#include "apps/reelbatch/shot_images.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/sink.h"
#include "base/clock.h"
#include "base/hash.h"
#include "media/split.h"
#include "store/atomic_file.h"
#include "store/cuts_document.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr CommandText kText = {
    .name = "cuts",
    .synopsis = "VIDEO...",
    .summary =
        "Prints where the cuts of a video are; several videos, folders, @LIST.txt and quoted "
        "patterns work as in `run`.\n"
        "Frames count from 0, times from the first frame of the file.\n\n"
        "Each form below goes to stdout by its bare name, or to a file by --csv=FILE; "
        "--csv=FOLDER/ writes\n"
        "FOLDER/VIDEO.csv for every video. Several forms at once need files.\n",
    .examples =
        "  reelbatch cuts clip.mp4\n"
        "  reelbatch cuts clip.mp4 --csv=scenes.csv --edl=clip.edl --images stills/\n",
};

struct Settings {
  CommonOptions common;
  contracts::RunConfig config;
  WorkOptions work;
  std::vector<ExportRequest> exports;
  std::optional<fs::path> image_folder;
  ImageOptions images;
  std::optional<fs::path> split_folder;
  std::optional<fs::path> split_copy_folder;
};

void AddForms(OptionTable& table, Settings& settings) {
  table.Group("Forms of the answer (without one: a table)");
  for (const ExportFormat& format : ExportFormats()) {
    Option option{.name = std::string(format.name),
                  .takes = Takes::kFile,
                  .value_name = "FILE",
                  .help = std::string(format.help)};
    option.set = [&settings, &format](const std::string& target) -> base::Status {
      settings.exports.push_back({&format, target});
      return {};
    };
    table.Add(std::move(option));
  }
  table.Add(PathOption("images", "DIR",
                       "write pictures of every shot: DIR/VIDEO-Scene-001-01.jpg ...",
                       settings.image_folder));
  Option kind{.name = "image-format", .value_name = "NAME", .help = "jpg (default) or png"};
  kind.set = [&settings](const std::string& text) -> base::Status {
    const std::vector<std::string> kinds = {"jpg", "png"};
    const auto index = ParseChoice(text, kinds);
    if (!index) return std::unexpected(index.error());
    settings.images.extension = "." + kinds[*index];
    return {};
  };
  table.Add(std::move(kind));
  Option count{.name = "image-count",
               .value_name = "N",
               .help = "pictures per shot (default 3: first, middle, last)"};
  count.set = [&settings](const std::string& text) -> base::Status {
    const auto parsed = ParseInteger(text, 1, 99);
    if (!parsed) return std::unexpected(parsed.error());
    settings.images.count = *parsed;
    return {};
  };
  table.Add(std::move(count));
  table.Add(PathOption("split", "DIR",
                       "write every shot as a file of its own, exact to the frame, by re-encoding: "
                       "DIR/VIDEO-Scene-001.mp4 ...",
                       settings.split_folder));
  table.Add(PathOption("split-copy", "DIR",
                       "the same by copying: fast and lossless, but pieces start at keyframes",
                       settings.split_copy_folder));
}

OptionTable MakeTable(Settings& settings) {
  OptionTable table;
  AddForms(table, settings);
  AddAnalysisOptions(table, settings.config);
  AddWorkOptions(table, settings.work);
  AddCommonOptions(table, settings.common, false);
  return table;
}

/// One video and what is known about it when decoding is over.
struct Answer {
  fs::path video;
  std::string stem;
  // What is told of a video that the run did not reach.
  std::optional<contracts::Fault> fault =
      contracts::Fault{contracts::FaultCode::kComponentFailed, "not done: the run ended before"};
  std::optional<contracts::EmptyReason> empty_reason = std::nullopt;
  store::CutsRecord record;

  bool answered() const { return !fault; }
};

/// A copy keeps the container that can hold its streams; what is encoded anew is H.264 in MP4.
std::string PieceExtension(const fs::path& video, bool copy) {
  if (!copy) return ".mp4";
  return HasVideoExtension(video) ? video.extension().native() : ".mkv";
}

/// What a failed export means for the whole; a higher code is worse.
int ExitCodeOfExport(base::Code code) {
  if (code == base::Code::kCancelled) return kExitInterrupted;
  const bool of_the_video = code == base::Code::kCorrupt || code == base::Code::kInvalidArgument;
  return of_the_video ? kExitSomeFailed : kExitEnvironment;
}

OutputPlan PlanOf(const Settings& settings, const std::vector<fs::path>& videos) {
  const std::vector<std::string> stems = DistinctStems(videos);
  OutputPlan plan;
  for (const ExportRequest& request : settings.exports) {
    if (request.to_stdout()) continue;
    const std::string option = "--" + std::string(request.format->name);
    if (!IsFolderTarget(request.target)) {
      plan.files.push_back({option, request.target});
      continue;
    }
    OutputPlan::Folder& folder =
        plan.folders.emplace_back(OutputPlan::Folder{.option = option, .path = request.target});
    for (const std::string& stem : stems)
      folder.names.push_back(ExportPath(request, stem).filename().native());
  }
  const auto add = [&](std::string option, const std::optional<fs::path>& path, auto extension_of) {
    if (!path) return;
    OutputPlan::Folder& folder =
        plan.folders.emplace_back(OutputPlan::Folder{.option = std::move(option), .path = *path});
    for (size_t i = 0; i < videos.size(); ++i)
      folder.scenes.push_back({stems[i], extension_of(videos[i])});
  };
  add("--images", settings.image_folder,
      [&](const fs::path&) { return settings.images.extension; });
  add("--split", settings.split_folder,
      [](const fs::path& video) { return PieceExtension(video, false); });
  add("--split-copy", settings.split_copy_folder,
      [](const fs::path& video) { return PieceExtension(video, true); });
  return plan;
}

class Cuts {
 public:
  Cuts(Settings& settings, const InputList& inputs, Console& console,
       const base::CancelToken& cancel)
      : settings_(settings), inputs_(inputs), console_(console), cancel_(cancel) {}

  int Go() {
    const runtime::RunReport report = Detect();
    code_ = inputs_.unreadable.empty() ? kExitDone : kExitSomeFailed;
    for (const Answer& answer : answers_) {
      if (!answer.answered()) code_ = kExitSomeFailed;
    }
    if (report.end == runtime::RunEnd::kCancelled) {
      console_.Error("interrupted; nothing was written");
      code_ = kExitInterrupted;
    } else if (report.end == runtime::RunEnd::kSinkFailed) {
      code_ = console_.Fail(report.sink_error);
    } else {
      Tell();
    }
    code_ = console_.Finish(code_);
    // A thread is stuck in foreign code and cannot be joined: nothing may be destroyed under it.
    if (report.lanes_given_up > 0) std::_Exit(code_);
    return code_;
  }

 private:
  runtime::RunReport Detect() {
    const std::vector<std::string> stems = DistinctStems(inputs_.videos);
    std::vector<runtime::Input> run_inputs;
    for (size_t i = 0; i < stems.size(); ++i) {
      run_inputs.push_back({static_cast<int>(i), inputs_.videos[i]});
      answers_.push_back({.video = inputs_.videos[i], .stem = stems[i], .record = {}});
    }
    const auto options =
        MakeRunOptions(settings_.config, settings_.work, settings_.common.threads, ReadMachine());
    MemorySink sink(run_inputs.size());
    ProgressPrinter progress(console_, run_inputs.size(), false);
    const base::SystemClock clock;
    runtime::RunReport report = runtime::Run(
        run_inputs, options, MakeDependencies(settings_.config), sink, &progress, clock, cancel_);
    progress.Clear();
    auto outcomes = sink.Take();
    for (size_t i = 0; i < answers_.size(); ++i) {
      const auto& outcome = outcomes[i];
      if (!outcome) continue;
      Answer& answer = answers_[i];
      answer.fault = outcome->fault;
      answer.empty_reason = outcome->empty_reason;
      if (!answer.fault) {
        answer.record = store::MakeCutsRecord(answer.video, "", *outcome, settings_.config);
      }
    }
    return report;
  }

  void Tell() {
    bool on_stdout = false;
    for (const ExportRequest& request : settings_.exports) {
      on_stdout = on_stdout || request.to_stdout();
      if (request.format->name == "json") HashSources();
      Export(request);
    }
    for (const Answer& answer : answers_) {
      if (!answer.answered()) continue;
      for (const std::string& warning : answer.record.warnings) {
        console_.Warn(fmt::format("{}: {}", ShellQuote(answer.video.native()), warning));
      }
      if (answer.empty_reason) {
        console_.Warn(fmt::format("{}: {}: there are too few frames to look for cuts",
                                  ShellQuote(answer.video.native()),
                                  contracts::EmptyReasonName(*answer.empty_reason)));
      }
      if (!on_stdout) console_.Out(CutsText(answer.video, answer.record, settings_.config.sampling, console_.out_color()));
    }
    for (const Answer& answer : answers_) {
      if (!answer.answered()) continue;
      if (code_ == kExitInterrupted) break;
      if (settings_.image_folder) WriteImages(answer, *settings_.image_folder);
      if (settings_.split_folder) WritePieces(answer, *settings_.split_folder, false, on_stdout);
      if (settings_.split_copy_folder)
        WritePieces(answer, *settings_.split_copy_folder, true, on_stdout);
    }
  }

  /// Neither a failed write nor a failed video ends the command; its exit code is the worst of
  /// them.
  void Blame(const base::Error& error) {
    console_.Error(error.Text());
    code_ = std::max<int>(code_, ExitCodeOfExport(error.code));
  }

  void HashSources() {
    for (Answer& answer : answers_) {
      if (!answer.answered()) continue;
      if (auto digest = base::Sha256HexOfFile(answer.video, &cancel_))
        answer.record.source_sha256 = *digest;
    }
  }

  void Export(const ExportRequest& request) {
    const bool json = request.format->name == "json";
    if (request.to_stdout() || !IsFolderTarget(request.target)) {
      std::string text;
      if (json) {
        text = JsonOfAll();
      } else if (answers_.front().answered()) {
        text = request.format->render(answers_.front().record);
      }
      if (request.to_stdout()) {
        console_.Out(text);
      } else if (json || answers_.front().answered()) {
        Write(request.target, text);
      }
      return;
    }
    for (const Answer& answer : answers_) {
      if (answer.answered())
        Write(ExportPath(request, answer.stem), request.format->render(answer.record));
    }
  }

  void Write(const fs::path& path, std::string_view text) {
    if (const auto written = WriteExport(path, text); !written) {
      Blame({base::Code::kIo, written.error().message, written.error().context});
    } else {
      console_.Note(fmt::format("wrote {}", ShellQuote(path.native())));
    }
  }

  /// cuts.json of the one video, or an array of them; a video without an answer has its error
  /// there.
  std::string JsonOfAll() const {
    std::vector<std::string> documents;
    for (const Answer& answer : answers_) {
      if (answer.answered()) {
        documents.push_back(store::CutsDocument(answer.record));
        continue;
      }
      nlohmann::ordered_json failed;
      failed["schema"] = store::kCutsSchema;
      failed["video"] = answer.video.filename().native();
      if (answer.fault) {
        failed["error"] = {{"code", contracts::FaultCodeName(answer.fault->code)},
                           {"reason", answer.fault->reason}};
      }
      documents.push_back(JsonText(failed));
    }
    if (documents.size() == 1) return documents.front();
    for (std::string& document : documents) document.pop_back();  // the newline
    return fmt::format("[\n{}\n]\n", fmt::join(documents, ",\n"));
  }

  void WriteImages(const Answer& answer, const fs::path& folder) {
    settings_.images.folder = folder;
    const auto written = WriteShotImages(answer.video, answer.stem, settings_.config.sampling,
                                         answer.record, settings_.images, cancel_);
    if (!written) {
      Blame(written.error());
    } else {
      console_.Note(fmt::format("wrote {} into {}", Count(*written, "picture"),
                                ShellQuote(settings_.images.folder.native())));
    }
  }

  void WritePieces(const Answer& answer, const fs::path& folder, bool copy, bool on_stdout) {
    if (const auto made = store::MakeFolders(folder); !made) {
      Blame({base::Code::kIo, made.error().message, made.error().context});
      return;
    }
    const std::string extension = PieceExtension(answer.video, copy);
    std::vector<media::Piece> pieces;
    for (size_t i = 0; i < answer.record.shots.size(); ++i) {
      const contracts::Shot& shot = answer.record.shots[i];
      std::string name = ImageName(answer.stem, i + 1, answer.record.shots.size(), 0);
      name.resize(name.size() - 3);  // "-00": a piece has no second number
      pieces.push_back({shot.start_frame, shot.end_frame, shot.start_s, shot.end_s,
                        folder / (name + extension)});
    }
    if (pieces.empty()) return;
    const auto& sampling = settings_.config.sampling;
    const auto written = copy ? media::SplitCopy(answer.video, sampling, pieces, &cancel_)
                              : media::SplitExact(answer.video, sampling, pieces, &cancel_);
    if (!written) {
      Blame(written.error());
      return;
    }
    const std::string text =
        PiecesText(answer.record, pieces, *written, copy, console_.out_color());
    if (!on_stdout) {
      console_.Out(text);
    } else {
      console_.Note(text.substr(0, text.find('\n')));
    }
  }

  Settings& settings_;
  const InputList& inputs_;
  Console& console_;
  const base::CancelToken& cancel_;
  std::vector<Answer> answers_;
  int code_ = kExitDone;
};

base::Result<InputList> CheckLine(const Settings& settings,
                                  const std::vector<std::string>& arguments) {
  if (const auto checked = CheckAnalysisOptions(settings.config); !checked)
    return std::unexpected(checked.error());
  if (const auto advice = MisplacedTarget(settings.exports, arguments)) {
    return base::Fail(base::Code::kInvalidArgument, *advice);
  }
  auto inputs = ExpandInputs(arguments);
  if (!inputs) return inputs;
  if (const auto checked = CheckExports(settings.exports, inputs->videos.size()); !checked) {
    return std::unexpected(checked.error());
  }
  const OutputPlan plan = PlanOf(settings, inputs->videos);
  if (const auto checked = CheckOutputs(plan, *inputs); !checked)
    return std::unexpected(checked.error());
  return inputs;
}

}  // namespace

int CutsCommand(const Invocation& call) {
  Settings settings;
  const OptionTable table = MakeTable(settings);
  Console console("reelbatch cuts");
  const CommandLine line = ReadCommandLine(kText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  for (const ExportRequest& request : settings.exports) {
    settings.common.json =
        settings.common.json || (request.format->name == "json" && request.to_stdout());
  }
  console.Configure(settings.common);
  const auto inputs = CheckLine(settings, line.arguments);
  if (!inputs) return console.Finish(console.Fail(inputs.error()));
  for (const std::string& warning : inputs->warnings) console.Warn(warning);
  for (const auto& folder : inputs->unreadable) {
    console.Error(fmt::format("failed  {}  {}", ShellQuote(folder.path.native()), folder.reason));
  }
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  return Cuts(settings, *inputs, console, cancel).Go();
}

}  // namespace reelbatch::app
