#pragma once

#include <string>
#include <vector>

#include "base/json_text.h"
#include "engine/catalog.h"

namespace reelbatch::app {

/// Where the units of one stage of a run come from.
struct StageEdge {
  std::string stage;  // contracts::StageText()
  components::UnitsFrom from = components::UnitsFrom::kSource;
  /// The stage before it, or the components whose results it follows; none: frames or sound.
  std::vector<std::string> after = {};
};

/// Of all stages of the components that run, in their order.
std::vector<StageEdge> StageGraph(const contracts::RunConfig& config,
                                  const engine::Catalog& catalog);

/// A line for every chain of stages; empty where all units come from frames and sound, which needs
/// no drawing.   Example: "frames or sound -> faces/find -> faces/measure".
std::string StageGraphText(const std::vector<StageEdge>& graph);
base::Json StageGraphJson(const std::vector<StageEdge>& graph);

}  // namespace reelbatch::app
