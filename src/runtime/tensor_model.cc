#include "runtime/tensor_model.h"

#include <utility>

namespace reelbatch::runtime {

TensorModel::TensorModel(std::unique_ptr<inference::Model> model,
                         std::unique_ptr<components::TensorPacking> packing)
    : model_(std::move(model)), packing_(std::move(packing)) {}

std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> TensorModel::Run(
    std::span<const components::UnitInput> units) {
  const std::vector<contracts::Tensor> inputs = packing_->Pack(units);
  auto outputs = model_->Infer(inputs);
  if (!outputs) return std::unexpected(std::move(outputs.error()));
  return packing_->Unpack(std::move(*outputs), units.size());
}

}  // namespace reelbatch::runtime
