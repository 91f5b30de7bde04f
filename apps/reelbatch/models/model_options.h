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

/// `--models`, else $REELBATCH_MODELS, else UsualModelsFolder().
std::filesystem::path ModelsFolder(const ModelOptions& options);

/// Where models are fetched to, and looked for, when nobody says: `models` in the source tree that
/// holds the program's build, else `models` beside or above an installed program or here, where
/// there is one, else reelbatch/models in the user's folder of data ($XDG_DATA_HOME, usually
/// ~/.local/share).
std::filesystem::path UsualModelsFolder();

/// The source tree with tools/fetch-models in a folder above `program`, which lies at most four
/// folders below it; none: there is none.
std::optional<std::filesystem::path> SourceTreeAbove(const std::filesystem::path& program);

}  // namespace reelbatch::app
