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

/// What a live server says of its batches of one size: t(b) for free, of all its clients since it
/// loaded the model.
struct BatchTime {
  int batch = 1;
  int64_t count = 0;   // batches of that size that ran
  double mean_ms = 0;  // per batch: inputs in, model, outputs out; without waiting in the queue
};

/// A model that a server runs.
class TritonModel : public Model {
 public:
  /// By batch size, ascending.
  /// Errors: not_measured  the server keeps no statistics (only Triton does), or nothing has run
  ///         unavailable, deadline
  virtual base::Result<std::vector<BatchTime>> BatchTimes() const = 0;
  bool has_deadline() const override { return true; }
  /// How tensors travel, for people: "shared memory", or "in messages (reason)".
  virtual std::string Transport() const = 0;
};

/// Looks at a model of `server` and makes it ready for use. `version` empty: the highest that is
/// there; it stays that one, so that a server that moves on to another version is an error and
/// never a silent change of results.
///
/// Where `expected` is given, the server's model must take exactly its inputs and give at least its
/// outputs, by name, type and shape (a -1 of the server takes any size, its other sizes are
/// binding); the description then has expected's order and sizes. used.weights_digest and
/// used.precision are what the deployment declares in the model's config (parameters
/// "weights_digest" and "precision"), else "provided_by_deploy" and the first input's type; a
/// declared digest that is not expected's is an error.
///
/// A call that ran into its deadline goes on in the server. The next Infer() waits until the
/// server's statistics count it as done, or for options.request_timeout at most (30 s if that is
/// more), before it sends anything: work does not pile up. Infer() at once fails with bad_request
/// where `inputs` are not the description's. Restart() unloads and loads the model where the server
/// allows it (--model-control-mode=explicit); where not, the next `poisoned` says what the operator
/// must do. Errors: unavailable       the server does not answer, or the model is not ready
///         deadline          no answer within connect_timeout
///         contract          no such model or version, tensors unlike `expected` (message names
///         model, tensor and field), a type that
///                           reelbatch does not have, or shared memory refused where options want
///                           it on
///         invalid_argument  no server, or an empty name
base::Result<std::unique_ptr<TritonModel>> OpenTritonModel(
    std::shared_ptr<TritonServer> server, const std::string& name, const std::string& version,
    const std::optional<contracts::ModelDescription>& expected);

}  // namespace reelbatch::inference
