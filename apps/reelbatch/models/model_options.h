#pragma once

#include <filesystem>
#include <optional>

#include "apps/reelbatch/option_table.h"
#include "apps/reelbatch/options.h"
#include "engine/model_places.h"
#include "inference/triton/triton_server.h"

namespace reelbatch::app {

/// Where components that need models find them.
struct ModelOptions {
  std::optional<std::filesystem::path> folder;  // none: as ModelsFolder() finds it
  inference::TritonOptions triton;              // its url empty: in process
};

void AddModelOptions(OptionTable& table, ModelOptions& options);
/// What no single option can know. Errors: invalid_argument (--executor triton without
/// --triton-url, or the other way round).
base::Status CheckModelOptions(const ModelOptions& options, engine::Executor executor);

/// Where a run looks for them.
engine::ModelPlaces PlacesOf(const ModelOptions& options);

/// `--models`, else $REELBATCH_MODELS, else `models` in the folder that holds the program's build,
/// else `models` here.
std::filesystem::path ModelsFolder(const ModelOptions& options);

}  // namespace reelbatch::app
