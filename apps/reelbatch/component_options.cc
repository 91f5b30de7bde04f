#include "apps/reelbatch/component_options.h"

#include <algorithm>
#include <vector>

#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/options.h"
#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_detection.h"
#include "planning/component_order.h"

namespace reelbatch::app {
namespace {

using contracts::FlowReuse;

const std::string kCuts(components::kCutDetectionName);
const std::string kFlow(components::kCoreOpticalFlowName);

Option ReuseOption(const std::string& name, std::string help, FlowReuse reuse, FlowReuse& target) {
  Option option{.name = name, .takes = Takes::kNothing, .value_name = "", .help = std::move(help)};
  option.set = [name, reuse, &target](const std::string& text) -> base::Status {
    const auto on = ParseSwitch(text);
    if (!on) return std::unexpected(on.error());
    if (*on && target != FlowReuse::kNever && target != reuse) {
      return base::Fail(base::Code::kInvalidArgument,
                        "--prefer-core-optical-flow and --require-core-optical-flow exclude each "
                        "other");
    }
    if (*on) target = reuse;
    if (!*on && target == reuse) target = FlowReuse::kNever;
    return {};
  };
  return option;
}

std::vector<contracts::ComponentSpec> Specs(const contracts::RunConfig& config) {
  contracts::ComponentSpec cuts{.name = kCuts, .needs = {}, .uses = {}};
  if (config.flow_reuse == FlowReuse::kPrefer) cuts.uses = {kFlow};
  if (config.flow_reuse == FlowReuse::kRequire) cuts.needs = {kFlow};
  return {{.name = kFlow, .needs = {}, .uses = {}}, std::move(cuts)};
}

}  // namespace

void AddComponentOptions(OptionTable& table, contracts::RunConfig& config) {
  table.Group("What to compute");
  table.Add(ListOption("components",
                       "any of cut_detection (default) and core_optical_flow; frames are decoded "
                       "once for all",
                       {kCuts, kFlow}, config.components));
  table.Add(ReuseOption("prefer-core-optical-flow",
                        "cut_detection takes its flow from core_optical_flow where that runs too",
                        FlowReuse::kPrefer, config.flow_reuse));
  table.Add(ReuseOption("require-core-optical-flow", "the same, and an error where it does not run",
                        FlowReuse::kRequire, config.flow_reuse));
}

base::Status OrderComponents(contracts::RunConfig& config) {
  // By name first, so that the same set is the same configuration however it was written.
  std::ranges::sort(config.components);
  auto order = planning::OrderComponents(Specs(config), config.components);
  if (!order) return std::unexpected(order.error());
  config.components = std::move(*order);
  return {};
}

std::map<std::string, std::string> ComponentVersions() {
  return {{kCuts, std::string(components::kCutDetectionVersion)},
          {kFlow, std::string(components::kCoreOpticalFlowVersion)}};
}

}  // namespace reelbatch::app
