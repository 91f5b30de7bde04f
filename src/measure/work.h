#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "components/definition.h"
#include "contracts/cost_row.h"

namespace reelbatch::measure {

/// Something that is measured on its own, as the value of `bench --part`: parts of one
/// component, separated by commas, which one pass does together, or the name of a component
/// without parts.
struct PartName {
  std::string text;  // in the order of the component: "hard,soft"
  const components::ComponentDefinition* of = nullptr;  // never null after parsing
  std::vector<std::string> parts = {};

  components::MeasuredWork At(contracts::Preset preset) const {
    return of->measured(parts, preset);
  }
};
/// Errors: invalid_argument (an unknown word, the message lists the known ones; parts of different
/// components).
base::Result<PartName> ParsePart(const std::string& text);

/// "hard, soft and motion, one or several separated by commas; NAME alone" for all components that
/// are measured in this way.
std::string PartsThereAre();

/// The first `count` parts of the default component.
PartName UsualPart(size_t count);

/// The first step of every component with steps: delivering the frames.
inline constexpr std::string_view kLoadStep = "load_frames_only";
/// The steps of a part, in their order; empty for a component without parts.
std::vector<std::string> StepsOf(const PartName& part, contracts::Preset preset);

/// The subject of one row, without the input.
struct Work {
  PartName part;
  contracts::Preset preset = contracts::Preset::kDefault;
  std::string step;  // empty: the whole part

  /// The name by which the row is found.
  contracts::CostSubject Subject() const;
};

}  // namespace reelbatch::measure
