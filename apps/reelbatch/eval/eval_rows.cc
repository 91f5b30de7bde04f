#include "apps/reelbatch/eval/eval_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "apps/reelbatch/cuts/run_results.h"
#include "apps/reelbatch/eval/detect_now.h"
#include "apps/reelbatch/eval/signal_plot.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "eval/prediction.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

/// By the file name of the video, or the name of the truth.
using Answers = std::map<std::string, eval::Answer>;

class RowMaker {
 public:
  RowMaker(const EvalSettings& settings, const std::vector<eval::Truth>& truths, Console& console,
           const base::CancelToken& cancel, const std::vector<fs::path>& clips)
      : settings_(settings), truths_(truths), console_(console), cancel_(cancel), clips_(clips) {}

  base::Status AddFrom(const std::string& text) {
    const auto named = NamedPath(text, "--from");
    if (!named) return std::unexpected(named.error());
    auto results = ReadRunResults(named->second);
    if (!results) return std::unexpected(results.error());
    if (!results->unreadable.empty()) return std::unexpected(results->unreadable.front());
    Answers answers;
    for (auto& record : results->records) {
      DecideAgain(settings_.config, record);
      answers[record.video] = {.frames = record.decode.frames_decoded,
                               .predictions = eval::PredictionsOf(record.events)};
    }
    Add(named->first, answers);
    return {};
  }

  base::Status AddPredictions(const std::string& text) {
    const auto named = NamedPath(text, "--predictions");
    if (!named) return std::unexpected(named.error());
    const auto json = base::ReadWholeFile(named->second);
    if (!json) return std::unexpected(json.error());
    const std::string name = ShellQuote(named->second.native());
    auto answers = eval::ParseAnswers(*json, name);
    if (!answers) {
      // It is no list of events at all, rather than one with a wrong field.
      if (answers.error().context == name) {
        answers.error().message +=
            "; --predictions takes {CLIP: {\"n_frames\", \"events\": [...]}}";
      }
      return std::unexpected(answers.error());
    }
    Add(named->first, *answers);
    return {};
  }

  /// Looks at the clips now.
  base::Status AddNow(const std::string& name, const contracts::RunConfig& config) {
    auto outcomes =
        DetectNow(clips_, config, settings_, settings_.error_folder.has_value(), console_, cancel_);
    if (!outcomes) return std::unexpected(outcomes.error());
    Answers answers;
    std::map<std::string, contracts::EventList> signals;
    for (size_t i = 0; i < clips_.size(); ++i) {
      auto& outcome = (*outcomes)[i];
      if (!outcome || outcome->fault || !outcome->decode) continue;
      const std::string video = clips_[i].filename().native();
      eval::Answer& answer = answers[video];
      answer.frames = outcome->decode->frames_decoded;
      const contracts::ComponentResult* const found = contracts::ResultWithEvents(*outcome);
      if (found == nullptr) continue;
      answer.predictions = eval::PredictionsOf(found->events->events);
      if (!settings_.error_folder) continue;
      signals[video] = *found->events;
      signals[video].signals = contracts::SignalsOf(*found, PlottedSignals());
    }
    Add(name, answers);
    for (const eval::Truth& truth : truths_) {
      const auto known = signals.find(truth.video);
      if (known != signals.end())
        rows_.details.back()[truth.name].signals = std::move(known->second);
    }
    return {};
  }

  EvalRows Take() { return std::move(rows_); }

 private:
  void Add(const std::string& name, const Answers& answers) {
    eval::Row row{.name = name, .clips = {}, .notes = {}};
    const eval::ScoreOptions options{.tolerance = settings_.tolerance,
                                     .strict_type = settings_.strict_type};
    for (const eval::Truth& truth : truths_) {
      auto found = answers.find(truth.name);
      if (found == answers.end()) found = answers.find(truth.video);
      const bool answered = found != answers.end();
      if (!answered) {
        row.notes.push_back(truth.name + ": no result, counted as no events");
        rows_.answered = false;
      } else if (found->second.frames != truth.frames) {
        row.notes.push_back(fmt::format("{}: {} frames were analysed, but the truth has {}",
                                        truth.name, found->second.frames, truth.frames));
      }
      row.clips.push_back(eval::ScoreClip(
          truth, answered ? found->second.predictions : std::vector<eval::Prediction>(), options));
    }
    rows_.rows.push_back(std::move(row));
    rows_.details.emplace_back();
    for (const eval::Truth& truth : truths_) {
      const auto is_it = [&](const fs::path& path) { return path.filename() == truth.video; };
      const auto clip = std::ranges::find_if(clips_, is_it);
      if (clip != clips_.end()) rows_.details.back()[truth.name].video = *clip;
    }
  }

  const EvalSettings& settings_;
  const std::vector<eval::Truth>& truths_;
  Console& console_;
  const base::CancelToken& cancel_;
  const std::vector<fs::path>& clips_;  // that were found
  EvalRows rows_;
};

/// Videos of the sources that no truth file names, or that have the name of another one.
void TellLeftOut(const std::vector<fs::path>& videos, const std::vector<fs::path>& clips,
                 Console& console) {
  const std::set<fs::path> used(clips.begin(), clips.end());
  const auto left_out = static_cast<int64_t>(videos.size() - used.size());
  if (left_out == 0 || clips.empty()) return;
  console.Note(fmt::format("{} left out, because no truth file that is used names {}{}",
                           left_out == 1 ? "1 video was" : fmt::format("{} videos were", left_out),
                           left_out == 1 ? "it" : "them",
                           console.verbose() ? "" : "; -v lists them"));
  for (const fs::path& video : videos) {
    if (!used.contains(video)) console.Detail("left out  " + ShellQuote(video.native()));
  }
}

/// The clips of the truths, where the sources have them.
base::Result<std::vector<fs::path>> FindClips(const std::vector<std::string>& sources,
                                              const std::vector<eval::Truth>& truths,
                                              Console& console) {
  const auto inputs = ExpandInputs(sources);
  if (!inputs) return std::unexpected(inputs.error());
  for (const auto& unreadable : inputs->unreadable)
    console.Warn(fmt::format("{}: {}", ShellQuote(unreadable.path.native()), unreadable.reason));
  std::vector<fs::path> clips;
  for (const eval::Truth& truth : truths) {
    const auto is_it = [&](const fs::path& path) { return path.filename() == truth.video; };
    const auto found = std::ranges::find_if(inputs->videos, is_it);
    if (found != inputs->videos.end()) clips.push_back(*found);
  }
  TellLeftOut(inputs->videos, clips, console);
  if (!clips.empty()) return clips;
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format(
          "none of the videos of the truth files ({}, ...) was found; name the folder of the clips",
          ShellQuote(truths.front().video)),
      ShellQuote(sources.front()));
}

std::vector<std::string> OrDefault(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() ? std::vector<std::string>{std::string(name)} : names;
}

}  // namespace

base::Result<std::vector<eval::Truth>> ReadTruths(const fs::path& folder,
                                                  const EvalSettings& settings) {
  const auto refuse = [&](const char* reason) {
    return base::Fail(base::Code::kInvalidArgument, reason, ShellQuote(folder.native()));
  };
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (error) return refuse("cannot be listed: --truth must name a folder of truth files");
  std::ranges::sort(files);
  std::vector<eval::Truth> truths;
  for (const fs::path& file : files) {
    const std::string name = file.stem().native();
    if (settings.include && !settings.include->Matches(name)) continue;
    if (settings.exclude && settings.exclude->Matches(name)) continue;
    const auto text = base::ReadWholeFile(file);
    if (!text) return std::unexpected(text.error());
    auto truth = eval::ParseTruth(*text, ShellQuote(file.native()));
    if (!truth) return std::unexpected(truth.error());
    truth->name = name;
    truths.push_back(std::move(*truth));
  }
  if (truths.empty()) {
    return refuse(settings.include || settings.exclude
                      ? "has no truth file that matches --include and --exclude"
                      : "has no truth file: --truth must name a folder of files NAME.json, such as "
                        "the one that `reelbatch demo` writes");
  }
  return truths;
}

base::Result<EvalRows> MakeRows(const EvalSettings& settings,
                                const std::vector<std::string>& sources, bool clips_named,
                                const std::vector<eval::Truth>& truths, Console& console,
                                const base::CancelToken& cancel) {
  const bool elsewhere = !settings.from.empty() || !settings.predictions.empty();
  const bool now = !elsewhere || !settings.presets.empty() || !settings.decisions.empty();
  if (!now && !settings.error_folder && clips_named) {
    console.Warn(
        "CLIPS are not used: with --from or --predictions, clips are decoded only for --preset, "
        "--decision or --dump-errors");
  }
  base::Result<std::vector<fs::path>> clips;
  if (now || settings.error_folder) clips = FindClips(sources, truths, console);
  if (!clips) return std::unexpected(clips.error());
  RowMaker maker(settings, truths, console, cancel, *clips);
  if (now) {
    for (const std::string& preset : OrDefault(settings.presets, "auto")) {
      for (const std::string& decision : OrDefault(settings.decisions, "adaptive")) {
        contracts::RunConfig config = settings.config;
        config.preset = contracts::PresetNamed(preset);  // none: auto
        contracts::SetKnob(config, *engine::Catalog::Builtin().FindKnob("decision"), decision);
        const std::string name =
            preset == "auto" ? decision : fmt::format("{}-{}", preset, decision);
        if (auto added = maker.AddNow(name, config); !added) return std::unexpected(added.error());
      }
    }
  }
  for (const std::string& text : settings.from) {
    if (auto added = maker.AddFrom(text); !added) return std::unexpected(added.error());
  }
  for (const std::string& text : settings.predictions) {
    if (auto added = maker.AddPredictions(text); !added) return std::unexpected(added.error());
  }
  return maker.Take();
}

}  // namespace reelbatch::app
