#include "runtime/batching.h"

#include <utility>

namespace reelbatch::runtime {

contracts::BatchKey KeyWithModel(contracts::BatchKey key, const BatchModel& model) {
  key.stage = model.stage;
  if (model.used.empty()) return key;
  key.model_signature = contracts::ModelSignature(model.used);
  key.runtime = model.used.front().runtime;
  key.device = model.endpoint.empty() ? model.used.front().device : model.endpoint;
  return key;
}

}  // namespace reelbatch::runtime
