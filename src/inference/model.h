#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "contracts/batch_failure.h"
#include "contracts/model.h"
#include "contracts/tensor.h"

namespace reelbatch::inference {

/// What a model takes of memory now.
struct ModelMemory {
  std::optional<int64_t> ours_bytes = std::nullopt;    // of this process, as far as it can be told
  std::optional<int64_t> server_bytes = std::nullopt;  // of the server that runs it
};

/// A model that is loaded, whatever engine runs it. Foreign errors become classes in here and
/// nowhere else. Threads: any, side by side.
class Model {
 public:
  virtual ~Model() = default;
  /// As loaded; does not change.
  virtual const contracts::ModelDescription& description() const = 0;
  /// One batch. `inputs`: one tensor for every input of the description, in its order, shape[0] the
  /// same in all that have a batch. The outputs in the description's order. Never partly: an output
  /// that the engine left unwritten is a failure.
  virtual std::expected<std::vector<contracts::Tensor>, contracts::BatchFailure> Infer(
      std::span<const contracts::Tensor> inputs) = 0;
  /// Begins anew with a fresh context, after a batch failed `poisoned`. No batch of it is in
  /// flight.
  virtual void Restart() {}
  virtual ModelMemory memory() const { return {}; }
};

}  // namespace reelbatch::inference
