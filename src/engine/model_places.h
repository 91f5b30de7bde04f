#pragma once

#include <filesystem>
#include <vector>

#include "inference/triton/triton_server.h"

namespace reelbatch::engine {

/// Where components that need models find them.
struct ModelPlaces {
  std::filesystem::path folder;
  /// Other folders of models, whose engine serves where `folder` has none.
  std::vector<std::filesystem::path> engines = {};
  inference::TritonOptions triton = {};  // its url empty: in process, from the folder
};

/// Where the engine of models in process is looked for, in this order.
std::vector<std::filesystem::path> EngineFolders(const ModelPlaces& places);

}  // namespace reelbatch::engine
