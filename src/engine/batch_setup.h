#pragma once

#include <string_view>
#include <vector>

#include "engine/catalog.h"
#include "engine/limit_book.h"
#include "engine/work_options.h"
#include "measure/machine.h"
#include "runtime/batching.h"

namespace reelbatch::engine {

/// What a run needs to batch units: its models and the options.
struct BatchSetup {
  runtime::BatchingOptions options;

  /// What memory has taught earlier runs; `limits` outlives the run.
  void UseLimits(const LimitBook& limits);
  /// Of one component; none where it has no model.
  std::vector<contracts::ModelUsed> ModelsOf(std::string_view component) const;
};

/// For the unit-batched components of `config`; without any there is nothing in it. In process
/// everything runs on the CPU, in the RAM that this process may still take. `provider` outlives the
/// setup. Errors: as the components' models.
base::Result<BatchSetup> SetUpBatching(const contracts::RunConfig& config, const Catalog& catalog,
                                       const ModelProvider& provider, const WorkOptions& work,
                                       const measure::Machine& machine);

}  // namespace reelbatch::engine
