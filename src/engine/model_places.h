#pragma once

#include <filesystem>

#include "inference/triton/triton_server.h"

namespace reelbatch::engine {

/// Where the models of components are.
struct ModelPlaces {
  std::filesystem::path folder;
  inference::TritonOptions triton;  // an empty url: in process, from the folder
};

}  // namespace reelbatch::engine
