#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/reelbatch/catalog.h"
#include "apps/reelbatch/models/model_options.h"
#include "contracts/cost_row.h"

namespace reelbatch::app {

/// The models of one run: in process by OpenVINO, or served by the Triton of --triton-url. Threads: Open() from one, Cost() from any.
class RunModels final : public ModelDoor {
 public:
  /// `threads`: of one batch in process. `tables`: what batches cost.
  RunModels(ModelOptions options, int threads, std::vector<contracts::CostTable> tables);
  ~RunModels() override;

  base::Result<std::unique_ptr<inference::Model>> Open(std::string_view name) const override;
  std::string endpoint() const override { return options_.triton_url; }
  base::Result<planning::BatchCost> Cost(const contracts::BatchKey& key) const override;

 private:
  const ModelOptions options_;
  const int threads_;
  const std::vector<contracts::CostTable> tables_;
};

}  // namespace reelbatch::app
