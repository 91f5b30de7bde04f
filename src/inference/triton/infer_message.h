#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "contracts/batch_failure.h"
#include "contracts/model.h"
#include "contracts/tensor.h"
#include "kserve_v2.pb.h"

namespace reelbatch::inference {

/// The number of units in a batch: shape[0] of the inputs that have a batch dimension, or 1 if no
/// input has one. The error is a text for people. It names the tensor and the field in which the
/// inputs differ from the description.
std::expected<int64_t, std::string> BatchOf(const contracts::ModelDescription& model,
                                            std::span<const contracts::Tensor> inputs);

/// Where the tensors of one batch lie in a region of shared memory. All values are in bytes from
/// the beginning of the region. Every tensor begins at a multiple of 64 bytes.
struct RegionLayout {
  std::vector<size_t> inputs = {};
  /// Empty if the size of an output is not known in advance; all outputs then come in the message.
  std::vector<size_t> outputs = {};
  std::vector<size_t> output_bytes = {};
  size_t bytes = 0;  // the size of the region
};
RegionLayout LayOut(const contracts::ModelDescription& model,
                    std::span<const contracts::Tensor> inputs, int64_t batch);

/// The request for a batch whose tensors travel in the message.
::inference::ModelInferRequest RequestWithBytes(const contracts::ModelDescription& model,
                                                const std::string& version,
                                                std::span<const contracts::Tensor> inputs);
/// The request for a batch whose tensors travel in the region `name`, which the server knows. It
/// copies the inputs to `region`.
::inference::ModelInferRequest RequestInRegion(const contracts::ModelDescription& model,
                                               const std::string& version,
                                               std::span<const contracts::Tensor> inputs,
                                               const RegionLayout& layout, const std::string& name,
                                               std::span<char> region);

/// Reads the outputs, in the order of the description. It moves the bytes out of `response`, or
/// copies them from `region` at the places of `layout` if the server was told to put them there
/// (`region` is not empty).
/// Errors: bad_response  an output is missing, or has another type, shape or size than the model
///                       states
///         input         an output has a NaN
std::expected<std::vector<contracts::Tensor>, contracts::BatchFailure> ReadOutputs(
    const contracts::ModelDescription& model, const std::string& version, int64_t batch,
    ::inference::ModelInferResponse& response, const RegionLayout& layout,
    std::span<const char> region);

}  // namespace reelbatch::inference
