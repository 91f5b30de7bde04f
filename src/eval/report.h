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
  std::vector<std::string> notes;  // facts about its results
};

/// {"total": ..., "notes": [...], "clips": {NAME: ...}}; names are those of the reference scorer,
/// if it counts the same. null if the divisor is 0.
base::Json JsonOf(const Row& row);

/// A line per row and clip, and one per row over all (clip "*").
std::string CsvOf(std::span<const Row> rows);

/// Figures with a possible minimum: "hard_F1", "all_F1", "soft_R", ...; none: unknown name, or
/// the divisor is 0.
std::optional<double> FigureOf(const Score& score, std::string_view name);
std::vector<std::string> FigureNames();

}  // namespace reelbatch::eval
