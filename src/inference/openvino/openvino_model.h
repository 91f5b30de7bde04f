#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "inference/model.h"
#include "inference/model_folder.h"

namespace reelbatch::inference {

struct OpenVinoOptions {
  int threads = 1;  // that compute one batch
  int lanes = 1;    // batches side by side, each with so many threads
};

/// Whether this build runs models in process: it was made where OpenVINO was found.
bool OpenVinoIsBuiltIn();
/// "openvino 2026.4.1"; "" where it is not built in.
std::string OpenVinoEngine();

/// A model in this process, on the CPU, with f32 arithmetic whatever the CPU would like better.
/// Batches of any size; the outputs of a unit do not depend on what else is in its batch. Outputs
/// that the engine leaves unwritten, which is how it runs out of memory without a word, are
/// host_memory; a NaN that it computed is an input's fault. Memory that batches took is kept for
/// the next ones and given back by Restart(). Errors: unavailable  (built without OpenVINO: names
/// tools/fetch-models)
///         io, corrupt  (as CheckFiles(); the graph cannot be read)
///         contract     (the graph's tensors are not those of model.json: names tensor and field)
base::Result<std::unique_ptr<Model>> OpenOpenVino(const ModelFolder& folder,
                                                  const OpenVinoOptions& options);

}  // namespace reelbatch::inference
