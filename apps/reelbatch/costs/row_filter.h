#pragma once

#include <optional>
#include <string>

#include "apps/reelbatch/option_table.h"
#include "contracts/cost_row.h"

namespace reelbatch::app {

/// Selects the rows of a command; fields that are not set are ignored.
struct RowFilter {
  std::optional<std::string> component;
  std::optional<std::string>
      part;  // a word of the part's name: "hard" is in "detect_hard_cuts(cpu_no_deep)"
  std::optional<std::string> preset;
  std::optional<std::string> device;
  std::optional<int> short_side;
  std::optional<contracts::InputKind> input;

  bool Takes(const contracts::CostRow& row) const;
};

void AddFilterOptions(OptionTable& table, RowFilter& filter);

/// The name of a part for people. In tables, the parts of `cut_detection` have the names of the
/// original programs; people know them by the names that --parts takes.
/// Example: "cut_detection.detect_hard_cuts(cpu_no_deep)" -> "cut_detection.hard".
std::string ShortPart(std::string text);

}  // namespace reelbatch::app
