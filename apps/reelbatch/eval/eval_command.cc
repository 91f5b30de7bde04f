#include <fmt/format.h>

#include <algorithm>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/cuts/export_format.h"
#include "apps/reelbatch/eval/between_presets.h"
#include "apps/reelbatch/eval/cost_quality.h"
#include "apps/reelbatch/eval/eval_rows.h"
#include "apps/reelbatch/eval/eval_settings.h"
#include "apps/reelbatch/eval/eval_table.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/input_report.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/output_check.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "base/json_text.h"
#include "eval/scenes.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kEvalText = {
    .name = "eval",
    .synopsis = "--truth DIR [CLIPS...]",
    .summary =
        "Score detectors against the truth (transitions that people annotated): precision (P), "
        "recall (R) and F1\n"
        "with 95 % intervals over clips, the ends of gradual transitions, and their types. Hard "
        "cuts are matched\n"
        "one to one within --tol frames; a gradual transition is found if an event overlaps it.\n"
        "CLIPS is the folder of the videos (default DIR/../clips).\n"
        "\n"
        "Columns of the first table:\n"
        "  hard P, R, F1     precision, recall and F1 of hard cuts; [95 %] is the interval of F1 "
        "over "
        "clips\n"
        "  gradual R         share of the known gradual transitions that an event overlaps\n"
        "  1:1               how many are found if each event may match one of them only\n"
        "  IoU               mean IoU (overlap of the found and the known interval) of those "
        "found\n"
        "  type              share of those found whose type is right: fade, dissolve or wipe\n"
        "  all P, R, F1      the same of hard cuts and gradual transitions together\n"
        "  false             false events: hard cuts + gradual transitions\n"
        "  false in traps    false events at places that the truth lists as looking like cuts\n"
        "  scenes F1         F1 as TransNetV2's own evaluation defines it\n"
        "  ClipShots         F1 of cuts and of gradual transitions as the ClipShots data set "
        "defines "
        "it\n"
        "The second table shows for each kind how many transitions were found, how many are known, "
        "and the IoU.\n"
        "-v lists missed and false events of every clip.\n",
    .examples =
        "  reelbatch eval --truth truth/ clips/ --preset default,fast --decision adaptive,seed\n"
        "  reelbatch eval --truth truth/ --from ours=out --predictions other=other.json --csv "
        "scores.csv\n",
};

/// Truths and answers are files that people write: what is wrong in them is theirs to mend.
int RefuseEval(const base::Error& error, Console& console) {
  const int code = console.Fail(error);
  return error.code == base::Code::kCorrupt ? kExitUsage : code;
}

int CheckFixture(const std::filesystem::path& fixture, Console& console) {
  const auto text = base::ReadWholeFile(fixture);
  if (!text) return console.Fail(text.error());
  const auto rows = eval::CheckFixture(*text, ShellQuote(fixture.native()));
  if (!rows) return RefuseEval(rows.error(), console);
  if (console.json()) {
    base::Json document = base::Json::array();
    for (const eval::FixtureRow& row : *rows) {
      document.push_back({{"tolerance", row.tolerance},
                          {"tp", row.found.tp},
                          {"fp", row.found.fp},
                          {"fn", row.found.fn},
                          {"agrees", row.agrees}});
    }
    console.Out(base::Pretty(document));
  } else {
    console.Out(FixtureText(*rows, console.out_color()));
  }
  return std::ranges::all_of(*rows, &eval::FixtureRow::agrees) ? kExitDone : kExitSomeFailed;
}

/// Says which figures are below their floor.
bool Holds(const EvalSettings& settings, const std::vector<eval::Row>& rows, Console& console) {
  bool holds = true;
  for (const eval::Row& row : rows) {
    const eval::Score score = eval::Pool(row.clips);
    for (const auto& [name, least] : settings.floor) {
      const auto value = eval::FigureOf(score, name);
      if (value && *value >= least) continue;
      holds = false;
      console.Error(fmt::format("{}: {} is {}, but the minimum is {}", OneLine(row.name), name,
                                value ? fmt::format("{:.4f}", *value) : "missing", least));
    }
  }
  return holds;
}

/// The exit code.
int WriteErrors(const std::filesystem::path& folder, const EvalRows& made,
                const base::CancelToken& cancel, Console& console) {
  for (size_t i = 0; i < made.rows.size(); ++i) {
    const auto written = WriteErrorPage(made.rows[i], made.details[i], folder, cancel);
    if (!written) return console.Fail(written.error());
    console.Note(fmt::format("wrote {} of {} into {}", Count(*written, "mistake"),
                             made.rows[i].name, ShellQuote(folder.native())));
  }
  return kExitDone;
}

int BetweenPresets(const EvalSettings& settings, const std::filesystem::path& folder,
                   const std::vector<std::string>& arguments, Console& console,
                   const base::CancelToken& cancel) {
  const auto inputs = ExpandInputs(
      arguments, {.picture_fps = settings.config.sampling.picture_fps, .cancel = &cancel});
  if (!inputs) return console.Fail(inputs.error());
  TellInputs(*inputs, console);
  const auto table = CompareBetweenPresets(settings, folder, inputs->videos, console, cancel);
  if (!table) return console.Fail(table.error());
  console.Out(table->table);
  if (!settings.cost_table) return kExitDone;
  const auto filled =
      PutAgainstDefault(*settings.cost_table, table->f1_native,
                        fmt::format("reelbatch eval --between-presets: {}",
                                    Count(static_cast<int64_t>(inputs->videos.size()), "clip")));
  if (!filled) return RefuseEval(filled.error(), console);
  console.Note(fmt::format("{} now has an F1 against preset default", Count(*filled, "row")));
  return kExitDone;
}

/// Where the clips lie: where the arguments say, else beside the folder of the truths.
std::vector<std::string> SourcesOf(const EvalSettings& settings,
                                   const std::vector<std::string>& arguments) {
  if (!arguments.empty() || !settings.truth) return arguments;
  return {
      (std::filesystem::absolute(*settings.truth).lexically_normal() / ".." / "clips").native()};
}

/// Whether what is asked for can be written, and is none of what is read.
base::Status CheckEvalOutputs(const EvalSettings& settings, const std::filesystem::path& truth,
                              const std::vector<std::string>& sources) {
  OutputPlan plan;
  if (settings.csv) plan.files.push_back({"--csv", *settings.csv});
  if (settings.error_folder) {
    plan.folders.push_back({.option = "--dump-errors", .path = *settings.error_folder});
  }
  InputList read;
  if (auto clips = ExpandInputs(sources)) read = std::move(*clips);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(truth, error))
    read.lists.push_back(entry.path());
  for (const std::string& text : settings.predictions) {
    if (const auto named = NamedPath(text, "--predictions")) read.lists.push_back(named->second);
  }
  return CheckOutputs(plan, read);
}

int RunEvalCall(const EvalSettings& settings, const std::vector<std::string>& arguments,
                Console& console) {
  if (settings.fixture) return CheckFixture(*settings.fixture, console);
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  if (settings.preset_folder) {
    return BetweenPresets(settings, *settings.preset_folder, arguments, console, cancel);
  }
  if (!settings.truth)
    return console.Fail({base::Code::kInvalidArgument,
                         "--truth DIR is missing: name the folder of the truth files"});
  const auto truths = ReadTruths(*settings.truth, settings);
  if (!truths) return RefuseEval(truths.error(), console);
  const std::vector<std::string> sources = SourcesOf(settings, arguments);
  if (const auto checked = CheckEvalOutputs(settings, *settings.truth, sources); !checked)
    return console.Fail(checked.error());
  const auto made = MakeRows(settings, sources, !arguments.empty(), *truths, console, cancel);
  if (!made) return RefuseEval(made.error(), console);
  int code = made->answered ? kExitDone : kExitSomeFailed;
  if (console.json()) {
    base::Json document;
    for (const eval::Row& row : made->rows) document[row.name] = eval::JsonOf(row);
    console.Out(base::Pretty(document));
  } else {
    console.Out(EvalText(made->rows, settings.tolerance, console.verbose(), console.out_color()));
  }
  if (settings.csv) {
    if (const auto written = WriteExport(*settings.csv, eval::CsvOf(made->rows)); !written) {
      code = std::max<int>(code, console.Fail(written.error()));
    }
  }
  if (settings.cost_table) {
    const auto filled = PutQuality(*settings.cost_table, made->rows);
    if (!filled) code = std::max<int>(code, RefuseEval(filled.error(), console));
    if (filled) console.Note(fmt::format("{} now has an F1", Count(*filled, "row")));
  }
  if (settings.error_folder)
    code = std::max(code, WriteErrors(*settings.error_folder, *made, cancel, console));
  if (!Holds(settings, made->rows, console)) code = std::max<int>(code, kExitSomeFailed);
  return code;
}

}  // namespace

int EvalCommand(const Invocation& call) {
  EvalSettings settings;
  const OptionTable table = EvalOptions(settings, *call.catalog);
  Console console("reelbatch eval");
  const CommandLine line = ReadCommandLine(kEvalText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(RunEvalCall(settings, line.arguments, console));
}

}  // namespace reelbatch::app
