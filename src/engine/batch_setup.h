#pragma once

#include <string_view>
#include <vector>

#include "engine/catalog.h"
#include "engine/limit_book.h"
#include "engine/work_options.h"
#include "measure/machine.h"
#include "runtime/batching.h"

namespace reelbatch::engine {

/// The models and options of a run for batches of units.
struct BatchSetup {
  runtime::BatchingOptions options;

  /// The memory limits that earlier runs have learned; `limits` must outlive the run.
  void UseLimits(const LimitBook& limits);
  /// The models of one component; empty if it has none.
  std::vector<contracts::ModelUsed> ModelsOf(std::string_view component) const;
};

/// Sets up the components of `config` whose units are batched; empty if there are none. In process,
/// models run on the CPU, in the RAM that this process may still use. `provider` must outlive the
/// setup. Errors: as the models of the components.
base::Result<BatchSetup> SetUpBatching(const contracts::RunConfig& config, const Catalog& catalog,
                                       const ModelProvider& provider, const WorkOptions& work,
                                       const measure::Machine& machine);

}  // namespace reelbatch::engine
