#pragma once

#include <memory>

#include "components/batched_component.h"
#include "components/tensor_packing.h"
#include "inference/model.h"

namespace reelbatch::runtime {

/// A component's units, run by a model: packed into its tensors, and its tensors unpacked into
/// results. Threads: as UnitModel.
class TensorModel final : public components::UnitModel {
 public:
  TensorModel(std::unique_ptr<inference::Model> model,
              std::unique_ptr<components::TensorPacking> packing);

  std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> Run(
      std::span<const components::UnitInput> units) override;
  void Restart() override { model_->Restart(); }
  bool has_deadline() const override { return model_->has_deadline(); }

 private:
  const std::unique_ptr<inference::Model> model_;
  const std::unique_ptr<components::TensorPacking> packing_;
};

}  // namespace reelbatch::runtime
