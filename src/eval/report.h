#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "eval/figures.h"

namespace reelbatch::eval {

/// One detector on all clips.
struct Row {
  std::string name;
  std::vector<ClipScore> clips;
  std::vector<std::string> notes;  // what must be known of its answers
};

/// {"total": ..., "notes": [...], "clips": {NAME: ...}}: the referee's names for what it counts
/// too. null where a figure has nothing to divide by.
base::Json JsonOf(const Row& row);

/// A line per row and clip, and one per row over all (clip "*").
std::string CsvOf(std::span<const Row> rows);

/// Figures that a floor can be set for: "hard_F1", "all_F1", "soft_R", ...; none: unknown name, or
/// nothing to divide by.
std::optional<double> FigureOf(const Score& score, std::string_view name);
std::vector<std::string> FigureNames();

}  // namespace reelbatch::eval
