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

/// The models of one run: in process by OpenVINO, which is loaded with the first of them, or served
/// by the Triton server of --triton-url. Threads: Open() from one thread, Cost() from any.
class RunModels final : public ModelProvider {
 public:
  /// `threads`: of one batch in process. `tables`: the cost rows of batches.
  RunModels(ModelPlaces places, int threads, std::vector<contracts::CostTable> tables);
  ~RunModels() override;

  /// In process: model.json of the folder must describe the requested model. Errors: as
  /// OpenOpenVino() and ReadModelFolder(), or as TritonServer::Connect() and OpenTritonModel().
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
  const std::vector<contracts::CostTable> tables_;
  mutable std::shared_ptr<inference::TritonServer> server_;
  mutable std::map<std::string, std::vector<inference::BatchTime>, std::less<>>
      served_times_;  // by model, as the server told
};

}  // namespace reelbatch::engine
