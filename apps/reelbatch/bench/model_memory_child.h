#pragma once

#include <string>
#include <vector>

#include "apps/reelbatch/models/model_options.h"
#include "base/cancel.h"
#include "engine/catalog.h"
#include "measure/model_cost.h"

namespace reelbatch::app {

/// As kMemoryRow, of a component's model.
inline constexpr const char* kModelMemory = "memory-model";

/// Measures the memory of the model of a stage (engine::StagePlace::text()) and its batches of
/// `size` units in a child process of this program. Errors: as base::RunChild() and
/// measure::ParseModelMemoryJson().
base::Result<measure::ModelMemoryFigures> MeasureModelMemoryInChild(
    const std::string& stage, const ModelOptions& models, int threads, int size,
    const base::CancelToken& cancel);

/// The child's side; the exit code.
int ModelMemory(const engine::Catalog& catalog, const std::vector<std::string>& words);

}  // namespace reelbatch::app
