#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// One piece of work that both tables, or one of them, have the cost of.
struct DiffLine {
  std::string part;    // "cut_detection.detect_hard_cuts(cpu_no_deep)"
  std::string preset;  // if there is none: its knobs
  std::string input;   // "1280x720 noise"; of a summary "16:9 noise, p50 of 12"
  std::optional<double> a_ms = std::nullopt;
  std::optional<double> b_ms = std::nullopt;
  std::optional<double> p_value = std::nullopt;  // of the samples; none: one side has no samples
  std::optional<double> ratio() const {          // above 1: b is faster
    return a_ms && b_ms && *b_ms > 0 ? std::optional(*a_ms / *b_ms) : std::nullopt;
  }
};

struct Diff {
  std::vector<DiffLine> summaries;
  std::vector<DiffLine> rows;
};

/// The p-value below which two means differ significantly.
inline constexpr double kSignificant = 0.05;

/// Rows match if part, preset (without one: knobs), size and kind of input are equal; of
/// several the one with the threads and concurrency of the other side, else the first. Summaries as
/// costs::Summarise(). In the order of `b`, then rows of `a` only.
Diff DiffTables(const contracts::CostTable& a, const contracts::CostTable& b);

}  // namespace reelbatch::costs
