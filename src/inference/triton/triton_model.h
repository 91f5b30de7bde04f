#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/model.h"
#include "inference/model.h"
#include "inference/triton/triton_server.h"

namespace reelbatch::inference {

/// The mean time of the batches of one size, as a running server measures it: of all its clients,
/// since it loaded the model.
struct BatchTime {
  int batch = 1;
  int64_t count = 0;   // the number of batches of this size that have run
  double mean_ms = 0;  // per batch, with copying inputs and outputs, without waiting in the queue
};

/// A model that a server runs.
class TritonModel : public Model {
 public:
  /// The times, sorted by batch size.
  /// Errors: not_measured           the server has no statistics (only Triton has), or no batch has
  ///                                run
  ///         unavailable, deadline  the server does not answer
  virtual base::Result<std::vector<BatchTime>> BatchTimes() const = 0;
  bool has_deadline() const override { return true; }
  /// How tensors travel, as a text for people: "shared memory", or "in messages (reason)".
  virtual std::string Transport() const = 0;
};

/// Looks at a model of `server` and makes it ready for use. If `version` is empty, the highest
/// version is used. The model keeps its version: if the server changes to another version, calls
/// fail, and results never change without notice.
///
/// If `expected` is given, the server's model must take exactly its inputs and give at least its
/// outputs, with the same names, types and shapes. A -1 in a shape of the server accepts any size.
/// The description then has the order and the sizes of `expected`. used.weights_digest and
/// used.precision are the parameters "weights_digest" and "precision" of the model's configuration.
/// If these are missing, they are "provided_by_deploy" and the type of the first input. A digest
/// that differs from that of `expected` is an error.
///
/// The server goes on with a call that has exceeded its deadline. The next Infer() therefore sends
/// nothing until the server's statistics count that call as done, but waits at most for
/// options.request_timeout, and never longer than 30 s. Infer() fails at once with bad_request if
/// `inputs` differ from the description. Restart() unloads and loads the model if the server allows
/// it (--model-control-mode=explicit). If not, the next failure of class `poisoned` says what the
/// operator must do.
/// Errors: unavailable       the server does not answer, or the model is not ready
///         deadline          there was no answer within connect_timeout
///         contract          there is no such model or version; its tensors differ from `expected`
///                           (the message names the model, the tensor and the field); a tensor has
///                           a type that reelbatch does not have; or the server refuses shared
///                           memory although the options require it
///         invalid_argument  `server` is null, or the name is empty
base::Result<std::unique_ptr<TritonModel>> OpenTritonModel(
    std::shared_ptr<TritonServer> server, const std::string& name, const std::string& version,
    const std::optional<contracts::ModelDescription>& expected);

}  // namespace reelbatch::inference
