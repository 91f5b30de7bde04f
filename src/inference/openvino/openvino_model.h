#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "inference/model.h"
#include "inference/model_folder.h"
#include "inference/openvino/openvino_library.h"

namespace reelbatch::inference {

struct OpenVinoOptions {
  int threads = 1;  // that compute one batch
  int lanes = 1;    // batches side by side, each with so many threads
  /// Folders of models in which `reelbatch models fetch` may have put the engine, first come first;
  /// the system's libraries come last.
  std::vector<std::filesystem::path> engines = {};
};

/// "openvino 2026.4.1". Loads the engine. Errors: as LoadOpenVino().
base::Result<std::string> OpenVinoEngine(const std::vector<std::filesystem::path>& engines);

/// A model in this process, on the CPU, with f32 arithmetic whatever the CPU would like better.
/// Batches of any size; the outputs of a unit do not depend on what else is in its batch. Outputs
/// that the engine leaves unwritten, which is how it runs out of memory without a word, are
/// host_memory; a NaN that it computed is an input's fault. Memory that batches took is kept for
/// the next ones and given back by Restart(). The engine is loaded with the first model.
/// Errors: unavailable   (as LoadOpenVino(): no engine)
///         out_of_memory (the graph does not fit)
///         io, corrupt   (as CheckFiles(); the graph cannot be read)
///         contract      (the graph's tensors are not those of model.json: names tensor and field)
base::Result<std::unique_ptr<Model>> OpenOpenVino(const ModelFolder& folder,
                                                  const OpenVinoOptions& options);
/// The same with an engine that is loaded already.
base::Result<std::unique_ptr<Model>> OpenOpenVino(std::shared_ptr<const OpenVinoLibrary> library,
                                                  const ModelFolder& folder,
                                                  const OpenVinoOptions& options);

}  // namespace reelbatch::inference
