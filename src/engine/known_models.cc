#include "engine/known_models.h"

namespace reelbatch::engine {

std::vector<KnownModel> KnownModels(const Catalog& catalog) {
  std::vector<KnownModel> known;
  for (const components::ComponentDefinition& definition : catalog.components()) {
    for (const components::StageDefinition& stage : definition.stages) {
      if (stage.wanted.used.model_name.empty()) continue;
      known.push_back(
          {.component = definition.name, .stage = stage, .name = stage.wanted.used.model_name});
    }
  }
  return known;
}

}  // namespace reelbatch::engine
