#include "apps/reelbatch/bench/bench_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "apps/reelbatch/option_values.h"
#include "costs/input_bucket.h"

namespace reelbatch::app {
namespace {

constexpr int kMostFrames = 1024;
constexpr int kMostCopies = 256;
const std::vector<std::string> kPresetNames = {"quality", "default", "fast"};
const std::vector<std::string> kAspectNames = {"16:9", "9:16"};

std::vector<std::string> SideNames() {
  std::vector<std::string> names;
  for (const costs::GridSide& side : costs::kGrid)
    names.push_back(fmt::format("{}", side.short_side));
  return names;
}

/// A list of `choices` that fills `target` with what stands at their places.
template <class T>
Option GridOption(std::string name, std::string help, std::vector<std::string> choices,
                  std::vector<T> values, std::vector<T>& target) {
  Option option{
      .name = std::move(name), .value_name = "LIST", .help = std::move(help), .is_list = true};
  option.set = [choices = std::move(choices), values = std::move(values),
                &target](const std::string& text) -> base::Status {
    const auto words = ParseChoices(text, choices);
    if (!words) return std::unexpected(words.error());
    target.clear();
    for (const std::string& word : *words) {
      target.push_back(
          values[static_cast<size_t>(std::ranges::find(choices, word) - choices.begin())]);
    }
    return {};
  };
  return option;
}

Option PartOption(measure::PartName& target) {
  Option option{.name = "part",
                .value_name = "PART",
                .help = fmt::format("Measure these parts: {} (default {})",
                                    measure::PartsThereAre(), target.text)};
  option.set = [&target](const std::string& text) -> base::Status {
    auto part = measure::ParsePart(text);
    if (!part) return std::unexpected(part.error());
    target = std::move(*part);
    return {};
  };
  return option;
}

Option InputOption(contracts::InputKind& target) {
  Option option{.name = "input",
                .value_name = "KIND",
                .help =
                    "Measure on noise (uniform random RGB, always the same) or real (frames of "
                    "videos) (default noise)"};
  option.set = [&target](const std::string& text) -> base::Status {
    const auto index = ParseChoice(text, std::vector<std::string>{"noise", "real"});
    if (!index) return std::unexpected(index.error());
    target = *index == 0 ? contracts::InputKind::kNoise : contracts::InputKind::kReal;
    return {};
  };
  return option;
}

void SetDefaults(BenchKind kind, BenchSettings& settings) {
  const bool micro = kind == BenchKind::kMicro;
  settings.grid.part = measure::UsualPart(micro ? 1 : 2);
  settings.grid.aspects = {contracts::Aspect::k16x9};
  settings.grid.presets = {contracts::Preset::kDefault};
  settings.grid.short_sides = {720};
  settings.grid.steps = micro;
  settings.protocol = *measure::ProtocolOf(micro ? "fast" : "matrix");
  settings.memory = kind == BenchKind::kMemory;
  if (micro) return;
  settings.grid.aspects.push_back(contracts::Aspect::k9x16);
  settings.grid.presets = {contracts::Preset::kQuality, contracts::Preset::kDefault,
                           contracts::Preset::kFast};
  settings.grid.short_sides.clear();
  for (const costs::GridSide& side : costs::kGrid)
    settings.grid.short_sides.push_back(side.short_side);
}

}  // namespace

Option ProfileOption(measure::Protocol& protocol, const std::string& usual) {
  Option option{.name = "profile",
                .value_name = "NAME",
                .help = fmt::format("Measure with this many warm-ups/repeats/runs: fast 1/10/1, "
                                    "stable 3/30/3, matrix 1/3/1 (default {})",
                                    usual)};
  option.set = [&protocol](const std::string& text) -> base::Status {
    const auto index = ParseChoice(text, measure::ProfileNames());
    if (!index) return std::unexpected(index.error());
    protocol = *measure::ProtocolOf(text);
    return {};
  };
  return option;
}

OptionTable BenchOptions(BenchKind kind, BenchSettings& settings) {
  SetDefaults(kind, settings);
  const bool micro = kind == BenchKind::kMicro;
  OptionTable table;
  table.Group("What to measure");
  table.Add(PartOption(settings.grid.part));
  std::vector<int> sides;
  for (const costs::GridSide& side : costs::kGrid) sides.push_back(side.short_side);
  const std::string usual_sides = micro ? "default 720" : "default: all";
  table.Add(GridOption("short-sides",
                       fmt::format("Measure at these short sides in pixels: {} ({})",
                                   fmt::join(SideNames(), ","), usual_sides),
                       SideNames(), std::move(sides), settings.grid.short_sides));
  table.Add(GridOption<contracts::Aspect>(
      "aspects",
      micro ? "Measure at these aspect ratios: 16:9, 9:16 (default 16:9)"
            : "Measure at these aspect ratios: 16:9, 9:16 (default: both)",
      kAspectNames, {contracts::Aspect::k16x9, contracts::Aspect::k9x16}, settings.grid.aspects));
  table.Add(GridOption<contracts::Preset>(
      "presets",
      micro ? "Measure with these presets: quality, default, fast (default: default)"
            : "Measure with these presets: quality, default, fast (default: all)",
      kPresetNames,
      {contracts::Preset::kQuality, contracts::Preset::kDefault, contracts::Preset::kFast},
      settings.grid.presets));

  table.Group("How to measure");
  if (kind != BenchKind::kMemory) {
    table.Add(ProfileOption(settings.protocol, settings.protocol.profile));
    table.Add(CountOption("concurrency",
                          "Run N copies at the same time, each on its own thread (default 1); "
                          "cores that share hardware are slower together",
                          1, kMostCopies, settings.concurrency));
  }
  table.Add(InputOption(settings.input));
  table.Add(PathOption("videos", "FILE...",
                       "Take the frames of --input real from these videos (default: the demo reel)",
                       settings.videos));
  table.Add(CountOption("frames", "Keep N frames in memory (default 64)", 2, kMostFrames,
                        settings.frames));
  if (kind == BenchKind::kMatrix) {
    table.Add(SwitchOption("memory",
                           "Also measure memory, as `bench memory` does (default: time only)",
                           settings.memory));
  }

  table.Group("Results");
  table.Add(PathOption("out", "DIR",
                       "Write DIR/costs.json, and one file for every row in DIR (required)",
                       settings.out));
  table.Add(SwitchOption("resume",
                         "Keep rows in DIR that this program measured on this machine with the "
                         "same profile (default: measure again)",
                         settings.resume));
  AddCommonOptions(table, settings.common);
  return table;
}

}  // namespace reelbatch::app
