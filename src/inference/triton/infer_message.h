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

/// Units of a batch: shape[0] of the inputs that have one, 1 where none has.
/// Errors: the inputs are not the description's (for people: names the tensor and the field).
std::expected<int64_t, std::string> BatchOf(const contracts::ModelDescription& model,
                                            std::span<const contracts::Tensor> inputs);

/// Where the tensors of one batch lie in a region of shared memory. Each begins at a multiple of 64
/// bytes.
struct RegionLayout {
  std::vector<size_t> inputs = {};
  std::vector<size_t> outputs = {};  // empty where the size of an output is not known beforehand:
                                     // all then come in the message
  std::vector<size_t> output_bytes = {};
  size_t bytes = 0;  // of the region
};
RegionLayout LayOut(const contracts::ModelDescription& model,
                    std::span<const contracts::Tensor> inputs, int64_t batch);

/// The batch with its bytes in the message.
::inference::ModelInferRequest RequestWithBytes(const contracts::ModelDescription& model,
                                                const std::string& version,
                                                std::span<const contracts::Tensor> inputs);
/// The batch with its bytes in the region `name`, which the server knows; copies the inputs to
/// `region`.
::inference::ModelInferRequest RequestInRegion(const contracts::ModelDescription& model,
                                               const std::string& version,
                                               std::span<const contracts::Tensor> inputs,
                                               const RegionLayout& layout, const std::string& name,
                                               std::span<char> region);

/// The outputs in the description's order; takes the bytes out of `response`. `region` with its
/// `layout`: where the server was told to put them; empty: in the message. Errors: bad_response (an
/// output is missing, or its type, shape or size is not what the model says), input (a NaN).
std::expected<std::vector<contracts::Tensor>, contracts::BatchFailure> ReadOutputs(
    const contracts::ModelDescription& model, const std::string& version, int64_t batch,
    ::inference::ModelInferResponse& response, const RegionLayout& layout,
    std::span<const char> region);

}  // namespace reelbatch::inference
