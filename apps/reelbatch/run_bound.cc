#include "apps/reelbatch/run_bound.h"

#include <algorithm>
#include <deque>

namespace reelbatch::app {

std::optional<planning::LowerBound> BoundOfRun(
    const std::vector<std::optional<VideoResult>>& results, const engine::BatchLog& batches,
    const runtime::RunOptions& options) {
  planning::Workload load{.devices = {}, .keys = {}, .cores = options.threads};
  for (const auto& result : results) {
    if (!result) continue;
    const double ms = result->priced.predicted_s * 1e3;
    load.source_ms += ms;
    // All threads may work on one video, in ranges.
    load.longest_chain_ms = std::max(load.longest_chain_ms, ms / std::max(1, options.threads));
  }
  std::vector<planning::DeviceLoad> devices;
  for (const planning::DeviceState& device : options.batching.devices) {
    devices.push_back({.lanes = device.lanes, .budget_mb = device.BudgetMb()});
  }
  std::deque<planning::BatchCost> costs;
  std::vector<planning::KeyLoad> keys;
  for (const auto& [key, units] : batches.units()) {
    const auto model = std::ranges::find_if(options.batching.models, [&](const auto& it) {
      return it.component == key.component && it.stage == key.stage;
    });
    if (model == options.batching.models.end()) continue;
    auto cost = model->cost(key);
    if (!cost) continue;
    costs.push_back(std::move(*cost));
    keys.push_back({.cost = &costs.back(), .device = model->device, .units = units});
  }
  load.devices = devices;
  load.keys = keys;
  const planning::LowerBound bound = planning::BoundOf(load);
  if (!(bound.ms > 0)) return std::nullopt;
  return bound;
}

}  // namespace reelbatch::app
