#include "engine/batch_setup.h"

#include <algorithm>
#include <string>
#include <utility>

namespace reelbatch::engine {

void BatchSetup::UseLimits(const LimitBook& limits) {
  for (runtime::BatchModel& model : options.models) {
    model.limit = [&limits](const contracts::BatchKey& key) { return limits.Of(key); };
  }
}

std::vector<contracts::ModelUsed> BatchSetup::ModelsOf(std::string_view component) const {
  std::vector<contracts::ModelUsed> used;
  for (const runtime::BatchModel& model : options.models) {
    if (model.component != component) continue;
    for (const contracts::ModelUsed& one : model.used) {
      if (std::ranges::find(used, one) == used.end()) used.push_back(one);
    }
  }
  return used;
}

base::Result<BatchSetup> SetUpBatching(const contracts::RunConfig& config, const Catalog& catalog,
                                       const ModelProvider& provider, const WorkOptions& work,
                                       const measure::Machine& machine) {
  BatchSetup setup;
  runtime::BatchingOptions& options = setup.options;
  for (const std::string& name : config.components) {
    const components::ComponentDefinition* const component = catalog.Find(name);
    if (component == nullptr) continue;
    for (const components::StageDefinition& stage : component->stages) {
      auto model = catalog.OpenModel(*component, stage, provider);
      if (!model) return std::unexpected(model.error());
      options.models.push_back({.component = name,
                                .stage = stage.name,
                                .after = stage.after,
                                .from = stage.from,
                                .model = std::move(model->model),
                                .device = 0,
                                .in_order = stage.in_order,
                                .used = std::move(model->used),
                                .endpoint = std::move(model->endpoint),
                                .cost = std::move(model->cost),
                                .limit = {}});
    }
  }
  if (options.models.empty()) return setup;
  constexpr int64_t kMib = 1 << 20;
  options.devices = {
      {.memory = planning::MemoryKind::kRam, .total_mb = machine.memory_available / kMib}};
  options.policy.max_queue_delay = work.max_queue_delay;
  options.policy.backoff = work.oom_backoff;
  if (work.executor == Executor::kSerial) {
    options.policy.rule = planning::BatchRule::kFixed;
    options.policy.fixed_batch = 1;
  } else {
    const bool served = !provider.endpoint().empty();
    options.devices.front().lanes = work.executor_lanes > 0 ? work.executor_lanes : served ? 2 : 1;
  }
  return setup;
}

}  // namespace reelbatch::engine
