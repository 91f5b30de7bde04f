#pragma once

#include <string>
#include <vector>

#include "base/json_text.h"
#include "contracts/cost_row.h"
#include "measure/sweep.h"

namespace reelbatch::app {

/// A part of one size and preset beside the steps that make it up.
struct StepSum {
  const measure::PlannedWork* part = nullptr;
  double part_ms = 0;  // per pair
  double steps_ms = 0;
  double ratio() const { return part_ms > 0 ? steps_ms / part_ms : 0; }
};
/// Of every part that has steps and figures for all of them; `rows` are of `plan`, one by one.
std::vector<StepSum> SumSteps(const std::vector<measure::PlannedWork>& plan,
                              const std::vector<contracts::CostRow>& rows);

/// Tables for people.
std::string MicroText(const std::vector<measure::PlannedWork>& plan,
                      const std::vector<contracts::CostRow>& rows, bool color);
std::string MatrixText(const std::vector<contracts::CostRow>& rows, bool color);
std::string MemoryText(const std::vector<measure::PlannedWork>& plan,
                       const std::vector<contracts::CostRow>& rows, bool color);

/// The summary of a sweep and the path of its table; with the sums of steps if there are any.
base::Json BenchJson(const measure::Session& session, const std::vector<measure::PlannedWork>& plan,
                     const measure::SweepReport& report, const std::string& table);

}  // namespace reelbatch::app
