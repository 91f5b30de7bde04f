#pragma once

#include <memory>
#include <vector>

#include "apps/reelbatch/catalog.h"
#include "apps/reelbatch/limit_book.h"
#include "apps/reelbatch/options.h"
#include "measure/machine.h"
#include "runtime/batching.h"

namespace reelbatch::app {

/// What a run needs to batch units: its models, which `options` points at, and the options.
struct BatchSetup {
  std::vector<std::unique_ptr<components::UnitModel>> models;
  runtime::BatchingOptions options;
};

/// For the unit-batched components of `config`; without any there is nothing in it. In process everything runs on the CPU, in the
/// RAM that this process may still take. `limits` outlives the run; null: none are
/// known.
/// Errors: as the components' models.
base::Result<BatchSetup> SetUpBatching(const contracts::RunConfig& config, const Catalog& catalog, const WorkOptions& work,
                                       const measure::Machine& machine, const LimitBook* limits);

}  // namespace reelbatch::app
