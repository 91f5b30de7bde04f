#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <vector>

#include "components/batched_component.h"
#include "contracts/batch_failure.h"
#include "contracts/tensor.h"

namespace reelbatch::components {

/// How the units of one component become the tensors of its model, and the model's tensors their
/// results. Pure: no state. Threads: any, side by side.
class TensorPacking {
 public:
  virtual ~TensorPacking() = default;
  /// One tensor for every input of the model, in its order; shape[0] of those that have a batch is
  /// units.size(). The units' bytes are those that the component pushed.
  virtual std::vector<contracts::Tensor> Pack(std::span<const UnitInput> units) const = 0;
  /// One output per unit, in their order. `outputs`: the model's, in any order.
  /// Errors: bad_response (a tensor that is not there, of another shape or element type: the
  /// evidence names it).
  virtual std::expected<std::vector<UnitOutput>, contracts::BatchFailure> Unpack(
      std::vector<contracts::Tensor> outputs, size_t units) const = 0;
};

}  // namespace reelbatch::components
