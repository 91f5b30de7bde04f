#pragma once

#include <string>
#include <vector>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// A way to run a part of a component: its cost, and the quality of its events.
struct ParetoPoint {
  const contracts::CostRow* row = nullptr;  // of the table
  std::optional<double> f1;                 // against truth; none: not evaluated
  /// No other way is both cheaper and as good, or as cheap and better; false without an F1.
  bool efficient = false;
};

/// The rows of one size that are alternatives: same component, part, input, device and load, with
/// any knobs.
struct ParetoGroup {
  std::vector<ParetoPoint> points;  // by ms, ascending
};

/// Groups of two or more rows, in the order of the table; rows without a latency are left out.
std::vector<ParetoGroup> Pareto(const contracts::CostTable& table);

}  // namespace reelbatch::costs
