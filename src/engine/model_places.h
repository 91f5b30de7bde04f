#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "inference/triton/triton_server.h"
#include "inference/worker/worker_process.h"

namespace reelbatch::engine {

/// Where the models of components are.
struct ModelPlaces {
  std::filesystem::path folder;
  /// Other folders of models, whose engine serves where `folder` has none.
  std::vector<std::filesystem::path> engines = {};
  inference::TritonOptions triton = {};  // an empty url: on this machine, from the folder
  /// Of the processes that run the models on this machine; empty: as FindWorker() finds it.
  std::filesystem::path worker_program = {};
};

/// How models on this machine run.
struct LocalModels {
  bool workers = false;                  // each in a process of its own; else in this one
  std::chrono::milliseconds timeout{0};  // of a batch in a worker; 0: none
  int lanes = 1;                         // batches of one model side by side
};

/// Where the engine of models in process is looked for, in this order.
std::vector<std::filesystem::path> EngineFolders(const ModelPlaces& places);

/// Where reelbatch-worker is: beside the library or the program, in their build or installation.
/// Errors: unavailable (it is in none of these places; the message lists them).
base::Result<std::filesystem::path> FindWorker();

}  // namespace reelbatch::engine
