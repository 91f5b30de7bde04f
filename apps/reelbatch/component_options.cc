#include "apps/reelbatch/component_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/options.h"
#include "planning/component_order.h"

namespace reelbatch::app {
namespace {

using contracts::Reuse;

Option ReuseOption(const std::string& name, std::string help, Reuse reuse, Reuse& target) {
  Option option{.name = name, .takes = Takes::kNothing, .value_name = "", .help = std::move(help)};
  option.set = [name, reuse, &target](const std::string& text) -> base::Status {
    const auto on = ParseSwitch(text);
    if (!on) return std::unexpected(on.error());
    if (*on && target != Reuse::kNever && target != reuse) {
      return base::Fail(base::Code::kInvalidArgument,
                        "--prefer-... and --require-... of the same component exclude each other");
    }
    if (*on) target = reuse;
    if (!*on && target == reuse) target = Reuse::kNever;
    return {};
  };
  return option;
}

}  // namespace

void AddComponentOptions(OptionTable& table, contracts::RunConfig& config, const Catalog& catalog) {
  table.Group("What to compute");
  table.Add(
      ListOption("components",
                 fmt::format("any of {} (default: cut_detection); frames are decoded once for all",
                             fmt::join(catalog.Names(), ", ")),
                 catalog.Names(), config.components));
  table.Add(ReuseOption("prefer-core-optical-flow",
                        "cut_detection takes its flow from core_optical_flow where that runs too",
                        Reuse::kPrefer, config.flow_reuse));
  table.Add(ReuseOption("require-core-optical-flow", "the same, and an error where it does not run",
                        Reuse::kRequire, config.flow_reuse));
  table.Add(ReuseOption("prefer-transnetv2",
                        "cut_detection takes transnetv2's word, too, where that runs: it confirms "
                        "cuts, and adds what it is sure of",
                        Reuse::kPrefer, config.transnetv2_reuse));
  table.Add(ReuseOption("require-transnetv2", "the same, and an error where it does not run",
                        Reuse::kRequire, config.transnetv2_reuse));
}

base::Status OrderComponents(contracts::RunConfig& config, const Catalog& catalog) {
  // By name first, so that the same set is the same configuration however it was written.
  std::ranges::sort(config.components);
  std::vector<contracts::ComponentSpec> specs;
  for (const CatalogComponent& component : catalog.components())
    specs.push_back(component.spec(config));
  auto order = planning::OrderComponents(specs, config.components);
  if (!order) return std::unexpected(order.error());
  config.components = std::move(*order);
  return {};
}

}  // namespace reelbatch::app
