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

/// The memory that a model uses now.
struct ModelMemory {
  std::optional<int64_t> ours_bytes =
      std::nullopt;  // of this process, as far as it can be measured
  std::optional<int64_t> server_bytes = std::nullopt;  // of the server that runs it
};

/// A loaded model, on any engine. Errors of engines are classified here and nowhere else.
/// Threads: any, several at a time.
class Model {
 public:
  virtual ~Model() = default;
  /// As loaded; it does not change.
  virtual const contracts::ModelDescription& description() const = 0;
  /// Runs one batch. `inputs`: one tensor for every input of the description, in its order, with
  /// the same shape[0] in all that have a batch dimension. Returns the outputs in the order of the
  /// description, never in part: an output that the engine did not write is an error.
  virtual std::expected<std::vector<contracts::Tensor>, contracts::BatchFailure> Infer(
      std::span<const contracts::Tensor> inputs) = 0;
  /// Starts again with a new context, after a batch failed with `poisoned`. No batch is
  /// running.
  virtual void Restart() {}
  virtual ModelMemory memory() const { return {}; }
  /// Whether Infer() always returns within a time of its own; else it may hang.
  virtual bool has_deadline() const { return false; }
};

}  // namespace reelbatch::inference
