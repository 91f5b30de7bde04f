#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "components/definition.h"
#include "contracts/cost_row.h"

namespace reelbatch::measure {

/// A thing that is measured on its own, by the words that `bench --part` takes: parts of one
/// component with commas between them, which one pass does together, or the name of a component
/// that is one part.
struct PartName {
  std::string text;                                     // in the component's order: "hard,soft"
  const components::ComponentDefinition* of = nullptr;  // never null once parsed
  std::vector<std::string> parts = {};

  components::MeasuredWork At(contracts::Preset preset) const {
    return of->measured(parts, preset);
  }
};
/// Errors: invalid_argument (another word: lists those there are; parts of different components).
base::Result<PartName> ParsePart(const std::string& text);

/// "hard, soft and motion, alone or with commas between them; NAME alone" of all components that
/// are measured in this way.
std::string PartsThereAre();

/// The first `count` parts of the component that runs where none is named.
PartName UsualPart(size_t count);

/// The step that every component with steps begins with: handing the frames over.
inline constexpr std::string_view kLoadStep = "load_frames_only";
/// The steps that make up a part, in their order; none of a component that is one.
std::vector<std::string> StepsOf(const PartName& part, contracts::Preset preset);

/// What is measured in one row, beside the input.
struct Work {
  PartName part;
  contracts::Preset preset = contracts::Preset::kDefault;
  std::string step;  // empty: the whole part

  /// The words under which the row is looked up.
  contracts::CostSubject Subject() const;
};

}  // namespace reelbatch::measure
