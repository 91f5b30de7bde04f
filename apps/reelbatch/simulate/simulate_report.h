#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "runtime/simulator/simulator.h"

namespace reelbatch::app {

/// Every figure of a result by its name: "makespan_s", "model.mean_batch", "gpu0.utilisation"
/// (docs/simulate.md).
std::map<std::string, double> FiguresOf(const runtime::Scenario& scenario,
                                        const runtime::SimResult& result);

/// What the scenario expects and the result does not hold, and what may not happen but did; empty:
/// all is well. An expectation of a figure that does not exist is one too.
std::vector<std::string> Unmet(const runtime::Scenario& scenario, const runtime::SimResult& result);

base::Json ResultJson(const runtime::Scenario& scenario, const runtime::SimResult& result);
std::string ResultText(const runtime::Scenario& scenario, const runtime::SimResult& result,
                       bool color);

}  // namespace reelbatch::app
