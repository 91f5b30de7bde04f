#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contracts/cost_row.h"
#include "engine/catalog.h"
#include "engine/model_places.h"
#include "inference/triton/triton_model.h"

namespace reelbatch::engine {

/// The models of one run: by OpenVINO, in a process for each model or in this one, or served by the
/// Triton server of --triton-url. Threads: Open() from one thread, Cost() from any.
class RunModels final : public ModelProvider {
 public:
  /// `threads`: of one batch on this machine. `tables`: the cost rows of batches.
  RunModels(ModelPlaces places, int threads, std::vector<contracts::CostTable> tables,
            LocalModels local = {});
  ~RunModels() override;

  /// From the folder: model.json must describe the requested model. Errors: as OpenOpenVino(),
  /// OpenInWorker(), FindWorker() and ReadModelFolder(), or as TritonServer::Connect() and
  /// OpenTritonModel().
  base::Result<std::unique_ptr<inference::Model>> Open(
      const contracts::ModelDescription& wanted) const override;
  std::string endpoint() const override { return places_.triton.url; }
  base::Result<planning::BatchCost> Cost(const std::string& model,
                                         const contracts::BatchKey& key) const override;

 private:
  base::Result<std::unique_ptr<inference::Model>> OpenServed(
      const contracts::ModelDescription& wanted) const;
  const ModelPlaces places_;
  const int threads_;
  const LocalModels local_;
  const std::vector<contracts::CostTable> tables_;
  mutable std::shared_ptr<inference::TritonServer> server_;
  mutable std::map<std::string, std::vector<inference::BatchTime>, std::less<>>
      served_times_;  // by model, as the server told
};

}  // namespace reelbatch::engine
