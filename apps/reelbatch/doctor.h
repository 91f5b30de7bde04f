#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/catalog.h"
#include "engine/model_places.h"
#include "measure/machine.h"

namespace reelbatch::app {

enum class Health : uint8_t { kGood, kPoor, kMissing };

/// One checked item. `remedy` is empty if there is no problem.
struct Finding {
  std::string name;
  Health health = Health::kGood;
  std::string detail;
  std::string remedy;
};

/// Cores, memory, CPU. `simd`: the instruction set of the kernels.
std::vector<Finding> ExamineMachine(const measure::Machine& machine, std::string_view simd);

/// Space and permission of the folder, or of the nearest one above it that exists.
Finding ExamineOut(const std::filesystem::path& out);

/// FFmpeg with the encoders and decoders that the commands use, SQLite, libzip.
std::vector<Finding> ExamineLibraries();

/// The engine, which is loaded for that, the client of model servers, and what components want of
/// the folder of models.
/// Nothing of it is needed for more than those components.
std::vector<Finding> ExamineModels(const engine::ModelPlaces& places,
                                   const engine::Catalog& catalog);

/// "good", "poor", "missing"
std::string_view HealthName(Health health);

}  // namespace reelbatch::app
