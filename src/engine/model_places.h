#pragma once

#include <filesystem>
#include <vector>

#include "inference/triton/triton_server.h"

namespace reelbatch::engine {

/// Where the models of components are.
struct ModelPlaces {
  std::filesystem::path folder;
  /// Other folders of models, whose engine serves where `folder` has none.
  std::vector<std::filesystem::path> engines = {};
  inference::TritonOptions triton = {};  // an empty url: in process, from the folder
};

/// Where the engine of models in process is looked for, in this order.
std::vector<std::filesystem::path> EngineFolders(const ModelPlaces& places);

}  // namespace reelbatch::engine
