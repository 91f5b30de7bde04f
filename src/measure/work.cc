#include "measure/work.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "components/all_components.h"

namespace reelbatch::measure {
namespace {

using components::ComponentDefinition;

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    words.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return words;
}

/// Null: it has no such part.
const ComponentDefinition* OwnerOf(const std::string& word) {
  for (const ComponentDefinition& definition : components::AllComponents()) {
    if (!definition.measured) continue;
    const std::vector<std::string>& parts = definition.measured_parts;
    const bool has =
        parts.empty() ? definition.name == word : std::ranges::find(parts, word) != parts.end();
    if (has) return &definition;
  }
  return nullptr;
}

}  // namespace

base::Result<PartName> ParsePart(const std::string& text) {
  const std::vector<std::string> words = Words(text);
  PartName part{.text = {}, .of = OwnerOf(words.front())};
  for (const std::string& word : words) {
    const ComponentDefinition* const owner = OwnerOf(word);
    const bool fits = owner != nullptr && owner == part.of &&
                      (words.size() == 1 || !owner->measured_parts.empty());
    if (fits) continue;
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("'{}' is not a part{}; choose {}", word,
                                  owner == nullptr ? "" : " that can be combined with the others",
                                  PartsThereAre()));
  }
  for (const std::string& one : part.of->measured_parts) {
    if (std::ranges::find(words, one) != words.end()) part.parts.push_back(one);
  }
  part.text = part.parts.empty() ? part.of->name : fmt::format("{}", fmt::join(part.parts, ","));
  return part;
}

std::string PartsThereAre() {
  std::vector<std::string> kinds;
  for (const ComponentDefinition& definition : components::AllComponents()) {
    if (!definition.measured) continue;
    const std::vector<std::string>& parts = definition.measured_parts;
    if (parts.empty()) {
      kinds.push_back(definition.name + " alone");
      continue;
    }
    const std::vector<std::string> others(parts.begin(), parts.end() - 1);
    kinds.push_back(fmt::format("{} and {}, one or several separated by commas",
                                fmt::join(others, ", "), parts.back()));
  }
  return fmt::format("{}", fmt::join(kinds, "; "));
}

PartName UsualPart(size_t count) {
  const auto usual =
      std::ranges::find_if(components::AllComponents(), &ComponentDefinition::runs_by_default);
  PartName part{.text = {}, .of = &*usual};
  const std::vector<std::string>& parts = usual->measured_parts;
  part.parts.assign(parts.begin(),
                    parts.begin() + static_cast<ptrdiff_t>(std::min(count, parts.size())));
  part.text = fmt::format("{}", fmt::join(part.parts, ","));
  return part;
}

std::vector<std::string> StepsOf(const PartName& part, contracts::Preset preset) {
  const components::MeasuredWork work = part.At(preset);
  std::vector<std::string> steps;
  if (!work.steps.empty()) steps.emplace_back(kLoadStep);
  for (const components::MeasuredStep& step : work.steps) steps.push_back(step.name);
  return steps;
}

contracts::CostSubject Work::Subject() const {
  const components::MeasuredWork work = part.At(preset);
  return step.empty() ? work.subject : work.step_subject(step);
}

}  // namespace reelbatch::measure
