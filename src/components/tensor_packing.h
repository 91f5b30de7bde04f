#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <vector>

#include "components/batched_component.h"
#include "contracts/batch_failure.h"
#include "contracts/tensor.h"

namespace reelbatch::components {

/// Turns the units of a batched component into what its model takes, and what the model gives into what comes back for them.
/// The model itself may run anywhere. Stateless. Threads: any.
class TensorPacking {
 public:
  virtual ~TensorPacking() = default;
  /// The model's inputs in the order of its description; dimension 0 of those that have a batch is the units' number.
  virtual std::vector<contracts::Tensor> Pack(std::span<const UnitInput> units) const = 0;
  /// One output per unit, in their order. Fails with kBadResponse where names, types or shapes are not the model's.
  virtual std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Unpack(std::vector<contracts::Tensor> outputs,
                                                                                 size_t units) const = 0;
};

}  // namespace reelbatch::components
