#include "apps/reelbatch/eval/eval_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "apps/reelbatch/component_options.h"
#include "apps/reelbatch/crop_option.h"
#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/terminal.h"
#include "base/suggest.h"
#include "eval/report.h"

namespace reelbatch::app {
namespace {

base::Status RefuseEvalSettings(std::string message) {
  return base::Fail(base::Code::kInvalidArgument, std::move(message));
}

Option PatternOption(std::string name, std::string help, std::optional<NamePattern>& target) {
  Option option{.name = std::move(name), .value_name = "REGEX", .help = std::move(help)};
  option.set = [&target](const std::string& text) -> base::Status {
    auto pattern = NamePattern::Compile(text);
    if (!pattern) return std::unexpected(pattern.error());
    target = std::move(*pattern);
    return {};
  };
  return option;
}

base::Status StoreFloor(const std::string& text, std::map<std::string, double>& target) {
  const size_t equals = std::min(text.find('='), text.size());
  const std::string name = text.substr(0, equals);
  const std::vector<std::string> names = eval::FigureNames();
  if (std::ranges::find(names, name) == names.end()) {
    const std::string nearest = base::DidYouMean(name, names);
    return RefuseEvalSettings(fmt::format(
        "there is no figure named '{}'{}", OneLine(name),
        nearest.empty() ? fmt::format("; the figures are {}", fmt::join(names, ", ")) : nearest));
  }
  if (equals == text.size()) {
    return RefuseEvalSettings(
        fmt::format("'{}' has no minimum; write it behind an equals sign: {}=.95", name, name));
  }
  const auto value = ParseAbove(text.substr(equals + 1), 0, 1e6);
  if (!value) return std::unexpected(value.error());
  target[name] = *value;
  return {};
}

}  // namespace

OptionTable EvalOptions(EvalSettings& settings, const engine::Catalog& catalog) {
  OptionTable table;
  table.Group("Truth");
  table.Add(PathOption(
      "truth", "DIR",
      "Read the truth from this folder: NAME.json with the transitions of one clip (required)",
      settings.truth));
  table.Add(PatternOption("include", "Use only truth files whose name matches (default: all)",
                          settings.include));
  table.Add(PatternOption("exclude", "Leave out truth files whose name matches (default: none)",
                          settings.exclude));
  Option tolerance{.name = "tol",
                   .value_name = "N",
                   .help = "Accept hard cuts that are at most N frames off (default 1)"};
  tolerance.set = [&settings](const std::string& text) -> base::Status {
    const auto parsed = ParseInteger(text, 0, 1000);
    if (!parsed) return std::unexpected(parsed.error());
    settings.tolerance = *parsed;
    return {};
  };
  table.Add(std::move(tolerance));
  table.Add(SwitchOption("strict-type",
                         "Count a gradual event at a hard cut as false (default: as found)",
                         settings.strict_type));

  table.Group("Detectors to score (default: detect in the clips now)");
  table.Add(ListOption("preset",
                       "Score a row for each preset: auto, quality, default, fast (default auto)",
                       {"auto", "quality", "default", "fast"}, settings.presets));
  table.Add(ListOption("decision",
                       "Score a row for each decision rule: adaptive, seed (default adaptive)",
                       {"adaptive", "seed"}, settings.decisions));
  table.Add(KnobOption(*catalog.FindKnob("min_confidence"), settings.config));
  table.Add(CropOption(settings.config.sampling.crop));
  table.Add(WordsOption("from", "NAME=OUT,...",
                        "Score the results of runs in these output folders, as rows NAME",
                        settings.from));
  table.Add(WordsOption(
      "predictions", "NAME=FILE,...",
      "Score the events of other programs, as rows NAME: {CLIP: {\"n_frames\", \"events\": [...]}}",
      settings.predictions));

  table.Group("Outputs");
  table.Add(PathOption("csv", "FILE", "Write the counts of every row and clip (default: none)",
                       settings.csv));
  table.Add(PathOption("costs", "TABLE",
                       "Add the F1 of each preset to its rows in this cost table (default: none)",
                       settings.cost_table));
  table.Add(PathOption("dump-errors", "DIR",
                       "Write an HTML page for each row: the frames around every missed and false "
                       "event, and the signals if they were computed now (default: none)",
                       settings.error_folder));
  Option floor{.name = "floor",
               .value_name = "NAME=P,...",
               .help =
                   "End with exit code 1 if a figure is below its minimum, e.g. "
                   "hard_F1=.95,all_F1=.9 (default: no minimum)",
               .is_list = true};
  floor.set = [&settings](const std::string& text) -> base::Status {
    for (const std::string& word : SplitAtCommas(text)) {
      if (auto stored = StoreFloor(word, settings.floor); !stored) return stored;
    }
    return {};
  };
  table.Add(std::move(floor));
  table.Add(PathOption("between-presets", "DIR",
                       "Compare presets quality and fast with preset default on CLIPS, without "
                       "truth, and write DIR/quality_report_*.json only",
                       settings.preset_folder));
  table.Add(PathOption("fixture", "FILE",
                       "Check the scorer against the published counts of TransNetV2's scorer in "
                       "this file, and do nothing else",
                       settings.fixture));
  AddWorkOptions(table, settings.work);
  AddCommonOptions(table, settings.common);
  return table;
}

base::Result<std::pair<std::string, std::filesystem::path>> NamedPath(const std::string& text,
                                                                      std::string_view option) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("'{}' is not NAME=PATH; put a name for the row before the path: "
                    "{} ours={}",
                    OneLine(text), option,
                    text.empty() || equals != std::string::npos ? "PATH" : OneLine(text)),
        std::string(option));
  }
  return std::pair(text.substr(0, equals), std::filesystem::path(text.substr(equals + 1)));
}

}  // namespace reelbatch::app
