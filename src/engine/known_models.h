#pragma once

#include <string>
#include <vector>

#include "engine/catalog.h"

namespace reelbatch::engine {

/// A model that a component of a catalog needs; keeps the catalog alive.
struct KnownModel {
  const std::string& component;
  const components::StageDefinition& stage;
  const std::string& name;
};

/// The models of all components, without those of components with their own models.
std::vector<KnownModel> KnownModels(const Catalog& catalog);

}  // namespace reelbatch::engine
