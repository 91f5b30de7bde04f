#include "engine/settle_config.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/frame_setup.h"
#include "planning/component_order.h"

namespace reelbatch::engine {

using components::ComponentDefinition;
using contracts::RunConfig;

base::Status SettleConfig(RunConfig& config, const Catalog& catalog, EarlierRuns earlier) {
  if (config.components.empty()) config.components = catalog.UsualNames();
  // By name first, so that the same set is the same configuration however it was written.
  std::ranges::sort(config.components);
  std::vector<contracts::ComponentSpec> specs;
  for (const ComponentDefinition& definition : catalog.components()) {
    if (auto settled = components::SettleKnobs(definition, config); !settled) return settled;
    contracts::ComponentSpec spec = components::SpecOf(definition, config);
    std::erase_if(spec.needs, [&](const std::string& other) {
      return earlier == EarlierRuns::kMayServe &&
             std::ranges::find(config.components, other) == config.components.end() &&
             std::ranges::find(definition.needs, other) == definition.needs.end();
    });
    specs.push_back(std::move(spec));
  }
  auto order = planning::OrderComponents(specs, config.components);
  if (!order) return std::unexpected(order.error());
  config.components = std::move(*order);
  return SettleFrames(config, catalog);
}

}  // namespace reelbatch::engine
