#pragma once

#include <filesystem>

#include "inference/triton/triton_server.h"

namespace reelbatch::engine {

/// Where components that need models find them.
struct ModelPlaces {
  std::filesystem::path folder;
  inference::TritonOptions triton;  // its url empty: in process, from the folder
};

}  // namespace reelbatch::engine
