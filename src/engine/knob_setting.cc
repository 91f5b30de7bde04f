#include "engine/knob_setting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace reelbatch::engine {
namespace {

using contracts::ComponentKnob;
using contracts::KnobSetting;
using contracts::KnobType;
using contracts::Reuse;

base::Status Wrong(std::string_view option, std::string message) {
  return base::Fail(base::Code::kInvalidArgument, std::move(message), std::string(option));
}

/// What is wrong with `value`; empty: nothing.
std::string Refusal(const ComponentKnob& knob, const KnobSetting& value) {
  const auto known = [&](const std::string& word) {
    return std::ranges::find(knob.choices, word) != knob.choices.end();
  };
  switch (knob.type) {
    case KnobType::kSwitch:
    case KnobType::kReuse:
      return std::holds_alternative<bool>(value) ? "" : "must be true or false";
    case KnobType::kNumber: {
      const double* const number = std::get_if<double>(&value);
      const bool good = number != nullptr && *number > knob.low && *number <= knob.high;
      return good ? ""
                  : fmt::format("must be a number above {} and at most {}", knob.low, knob.high);
    }
    case KnobType::kChoice: {
      const auto* const word = std::get_if<std::string>(&value);
      const bool good = word != nullptr && known(*word);
      return good ? "" : fmt::format("must be one of {}", fmt::join(knob.choices, ", "));
    }
    case KnobType::kChoices: {
      const auto* const words = std::get_if<std::vector<std::string>>(&value);
      const bool good = words != nullptr && !words->empty() && std::ranges::all_of(*words, known);
      return good ? "" : fmt::format("must be a list of some of {}", fmt::join(knob.choices, ", "));
    }
  }
  return "has an unknown type";
}

}  // namespace

void SetChoices(contracts::RunConfig& config, const ComponentKnob& knob,
                const std::vector<std::string>& words) {
  std::vector<std::string> sorted;
  std::ranges::copy_if(knob.choices, std::back_inserter(sorted), [&](const std::string& choice) {
    return std::ranges::find(words, choice) != words.end();
  });
  contracts::SetKnob(config, knob, std::move(sorted));
}

base::Status SetReuse(contracts::RunConfig& config, const ComponentKnob& knob, Reuse reuse,
                      bool on) {
  const Reuse before = contracts::ReuseOf(config, knob);
  if (on && before != Reuse::kNever && before != reuse) {
    return base::Fail(
        base::Code::kInvalidArgument,
        "prefer- and require- of the same component cannot be combined; use one of them");
  }
  const auto set = [&](Reuse to) {
    contracts::SetKnob(config, knob, std::string(contracts::ReuseName(to)));
  };
  if (on) set(reuse);
  if (!on && before == reuse) set(Reuse::kNever);
  return {};
}

base::Status SetByOption(contracts::RunConfig& config, const Catalog& catalog,
                         std::string_view option, const KnobSetting& value) {
  for (const components::ComponentDefinition& definition : catalog.components()) {
    for (const ComponentKnob& knob : definition.knobs) {
      if (knob.type == KnobType::kReuse) {
        for (const Reuse reuse : {Reuse::kPrefer, Reuse::kRequire}) {
          const std::string name = fmt::format("{}-{}", contracts::ReuseName(reuse), knob.option);
          if (name != option) continue;
          if (const std::string refusal = Refusal(knob, value); !refusal.empty())
            return Wrong(option, refusal);
          auto set = SetReuse(config, knob, reuse, std::get<bool>(value));
          return set ? set : Wrong(option, std::move(set.error().message));
        }
      } else if (knob.option == option) {
        if (const std::string refusal = Refusal(knob, value); !refusal.empty())
          return Wrong(option, refusal);
        const auto* const words = std::get_if<std::vector<std::string>>(&value);
        if (words != nullptr)
          SetChoices(config, knob, *words);
        else
          contracts::SetKnob(config, knob, value);
        return {};
      }
    }
  }
  return Wrong(option,
               "is not a setting of a component; `reelbatch run --help` lists all settings");
}

}  // namespace reelbatch::engine
