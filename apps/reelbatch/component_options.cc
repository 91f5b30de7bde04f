#include "apps/reelbatch/component_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/options.h"
#include "engine/knob_setting.h"

namespace reelbatch::app {
namespace {

using components::ComponentDefinition;
using contracts::ComponentKnob;
using contracts::KnobSetting;
using contracts::KnobType;
using contracts::Reuse;
using contracts::RunConfig;

Option ReuseOption(const ComponentKnob& knob, Reuse reuse, std::string help, RunConfig& config) {
  Option option{.name = fmt::format("{}-{}", contracts::ReuseName(reuse), knob.option),
                .takes = Takes::kNothing,
                .value_name = "",
                .help = std::move(help)};
  option.set = [knob, reuse, &config](const std::string& text) -> base::Status {
    const auto on = ParseSwitch(text);
    return on ? engine::SetReuse(config, knob, reuse, *on) : std::unexpected(on.error());
  };
  return option;
}

template <class T>
base::Status StoreKnob(base::Result<T> parsed, const ComponentKnob& knob, RunConfig& config) {
  if (!parsed) return std::unexpected(parsed.error());
  contracts::SetKnob(config, knob, KnobSetting(std::in_place_type<T>, std::move(*parsed)));
  return {};
}

/// Sets a knob as a person typed it. Errors: invalid_argument.
base::Status SetFromText(const ComponentKnob& knob, const std::string& text, RunConfig& config) {
  switch (knob.type) {
    case KnobType::kSwitch:
      return StoreKnob(ParseSwitch(text), knob, config);
    case KnobType::kNumber:
      return StoreKnob(ParseAbove(text, knob.low, knob.high), knob, config);
    case KnobType::kChoice: {
      const auto index = ParseChoice(text, knob.choices);
      if (!index) return std::unexpected(index.error());
      return StoreKnob(base::Result<std::string>(knob.choices[*index]), knob, config);
    }
    case KnobType::kChoices: {
      const auto words = ParseChoices(text, knob.choices);
      if (!words) return std::unexpected(words.error());
      engine::SetChoices(config, knob, *words);
      return {};
    }
    case KnobType::kReuse:
      break;
  }
  return base::Fail(base::Code::kInternal, "this setting has no option of its own");
}

}  // namespace

Option KnobOption(const ComponentKnob& knob, RunConfig& config) {
  Option option{.name = knob.option,
                .takes = knob.type == KnobType::kSwitch ? Takes::kNothing : Takes::kValue,
                .value_name = knob.value_name,
                .help = knob.help,
                .is_list = knob.type == KnobType::kChoices};
  option.set = [knob, &config](const std::string& text) { return SetFromText(knob, text, config); };
  return option;
}

void AddKnobOptions(OptionTable& table, RunConfig& config, const ComponentDefinition& definition) {
  for (const ComponentKnob& knob : definition.knobs) {
    if (knob.type != KnobType::kReuse) table.Add(KnobOption(knob, config));
  }
}

void AddComponentOptions(OptionTable& table, RunConfig& config, const engine::Catalog& catalog) {
  table.Group("Components");
  table.Add(ListOption(
      "components",
      fmt::format("Run any of {} (default: {}); frames are decoded once for all of them",
                  fmt::join(catalog.Names(), ", "), fmt::join(catalog.UsualNames(), ",")),
      catalog.Names(), config.components));
  for (const ComponentDefinition& definition : catalog.components()) {
    for (const ComponentKnob& knob : definition.knobs) {
      if (knob.type != KnobType::kReuse) continue;
      table.Add(ReuseOption(knob, Reuse::kPrefer, knob.help, config));
      table.Add(ReuseOption(knob, Reuse::kRequire,
                            "Do the same, and report an error where that result is missing",
                            config));
    }
  }
  for (const ComponentDefinition& definition : catalog.components()) {
    const auto own = [](const ComponentKnob& knob) { return knob.type != KnobType::kReuse; };
    if (std::ranges::none_of(definition.knobs, own)) continue;
    table.Group(fmt::format("Options of {}", definition.name));
    AddKnobOptions(table, config, definition);
  }
}

}  // namespace reelbatch::app
