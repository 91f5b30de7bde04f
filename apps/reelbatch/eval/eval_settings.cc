#include "apps/reelbatch/eval/eval_settings.h"

#include <fmt/format.h>

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

base::Status Refuse(std::string message) {
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
  if (std::ranges::find(names, name) == names.end())
    return Refuse(
        fmt::format("there is no figure '{}'{}", OneLine(name), base::DidYouMean(name, names)));
  const auto value = ParseAbove(equals < text.size() ? text.substr(equals + 1) : "", 0, 1e6);
  if (!value) return std::unexpected(value.error());
  target[name] = *value;
  return {};
}

}  // namespace

OptionTable EvalOptions(EvalSettings& settings, const engine::Catalog& catalog) {
  OptionTable table;
  table.Group("Against what");
  table.Add(PathOption("truth", "DIR", "truth files: NAME.json with the transitions of a clip",
                       settings.truth));
  table.Add(PatternOption("include", "only truths whose name matches", settings.include));
  table.Add(PatternOption("exclude", "not the truths whose name matches", settings.exclude));
  Option tolerance{
      .name = "tol", .value_name = "N", .help = "frames that a hard cut may be off (default 1)"};
  tolerance.set = [&settings](const std::string& text) -> base::Status {
    const auto parsed = ParseInteger(text, 0, 1000);
    if (!parsed) return std::unexpected(parsed.error());
    settings.tolerance = *parsed;
    return {};
  };
  table.Add(std::move(tolerance));
  table.Add(SwitchOption("strict-type", "a gradual event over a hard cut is false",
                         settings.strict_type));

  table.Group("Whose answers (default: the clips are looked at now)");
  table.Add(ListOption("preset", "a row for each: auto (default), quality, default, fast",
                       {"auto", "quality", "default", "fast"}, settings.presets));
  table.Add(ListOption("decision", "a row for each: adaptive (default), seed", {"adaptive", "seed"},
                       settings.decisions));
  table.Add(KnobOption(*catalog.FindKnob("min_confidence"), settings.config));
  table.Add(CropOption(settings.config.sampling.crop));
  table.Add(WordsOption("from", "NAME=OUT,...", "what runs left in output folders", settings.from));
  table.Add(WordsOption("predictions", "NAME=FILE,...",
                        "other programs' answers: {CLIP: {\"n_frames\", \"events\": [...]}}",
                        settings.predictions));

  table.Group("What to make of it");
  table.Add(PathOption("csv", "FILE", "every count of every row and clip", settings.csv));
  table.Add(PathOption("costs", "TABLE",
                       "put each preset's F1 beside its price in this table of costs",
                       settings.cost_table));
  table.Add(
      PathOption("dump-errors", "DIR",
                 "a page per row: the frames around every miss and every false event, and the "
                 "signals where they were computed now",
                 settings.error_folder));
  Option floor{.name = "floor",
               .value_name = "NAME=P,...",
               .help = "exit code 1 where a figure is below: hard_F1=.95,all_F1=.9",
               .is_list = true};
  floor.set = [&settings](const std::string& text) -> base::Status {
    for (const std::string& word : SplitAtCommas(text)) {
      if (auto stored = StoreFloor(word, settings.floor); !stored) return stored;
    }
    return {};
  };
  table.Add(std::move(floor));
  table.Add(PathOption("between-presets", "DIR",
                       "how quality and fast differ from default on CLIPS, without truth: "
                       "DIR/quality_report_*.json, and nothing else",
                       settings.preset_folder));
  table.Add(
      PathOption("fixture", "FILE",
                 "check the scorer of TransNetV2's kind against published counts, nothing else",
                 settings.fixture));
  AddWorkOptions(table, settings.work);
  AddCommonOptions(table, settings.common);
  return table;
}

base::Result<std::pair<std::string, std::filesystem::path>> NamedPath(const std::string& text,
                                                                      std::string_view option) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("'{}' is not NAME=PATH", OneLine(text)), std::string(option));
  }
  return std::pair(text.substr(0, equals), std::filesystem::path(text.substr(equals + 1)));
}

}  // namespace reelbatch::app
