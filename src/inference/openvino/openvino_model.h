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
  int threads = 1;  // the number of threads that compute one batch
  int lanes = 1;    // the number of batches that run side by side, each with `threads` threads
  /// Folders of models into which `reelbatch models fetch` may have put the engine. They are
  /// searched in this order, and the system's libraries after them.
  std::vector<std::filesystem::path> engines = {};
};

/// Loads the engine and returns its name and version, for example "openvino 2026.4.1".
/// Errors: as LoadOpenVino().
base::Result<std::string> OpenVinoEngine(const std::vector<std::filesystem::path>& engines);

/// Opens a model that runs in this process, on the CPU, and always computes in f32, even if the CPU
/// has a faster type. It takes batches of any size. The outputs of a unit do not depend on the
/// other units of its batch. If the engine runs out of memory, it may report success and leave
/// outputs unwritten; such a batch fails with host_memory. If the engine computes a NaN, the batch
/// fails with input. The model keeps the memory of a batch for the next batches, and Restart()
/// gives it back. The engine is loaded with the first model.
/// Errors: unavailable    there is no engine (as LoadOpenVino())
///         out_of_memory  the graph does not fit into the memory
///         io, corrupt    as CheckFiles(), or the graph cannot be read
///         contract       the graph has other tensors than model.json; the message names the tensor
///                        and the field
base::Result<std::unique_ptr<Model>> OpenOpenVino(const ModelFolder& folder,
                                                  const OpenVinoOptions& options);
/// Does the same with an engine that is loaded already.
base::Result<std::unique_ptr<Model>> OpenOpenVino(std::shared_ptr<const OpenVinoLibrary> library,
                                                  const ModelFolder& folder,
                                                  const OpenVinoOptions& options);

}  // namespace reelbatch::inference
