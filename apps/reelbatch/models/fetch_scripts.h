#pragma once

#include <filesystem>

#include "base/cancel.h"
#include "base/result.h"

namespace reelbatch::app {

/// The folder of the scripts that fetch models: share/reelbatch/tools beside the installed program,
/// else tools/ of the source tree that holds the program's build, else of the one that it was built
/// from. Errors: io (there is none: names the places).
base::Result<std::filesystem::path> FetchScripts();

struct FetchRequest {
  std::filesystem::path scripts;  // as FetchScripts() finds it
  std::filesystem::path models;   // the folder that they fetch into; made where it is not there
  bool servers = false;           // Triton and MLServer, too
  bool quiet = false;             // no line for a step; reasons of a failure are shown
};

/// Runs them one after the other; they say each step and the reason of a failure on stderr. What is
/// there already stays. Errors: unavailable (one of them failed), cancelled (what was half fetched
/// has been removed).
base::Status FetchModels(const FetchRequest& request, const base::CancelToken& cancel);

}  // namespace reelbatch::app
