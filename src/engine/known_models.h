#pragma once

#include <string>
#include <vector>

#include "engine/catalog.h"

namespace reelbatch::engine {

/// A model that a component of a catalog wants; holds on to the catalog.
struct KnownModel {
  const std::string& component;
  const components::StageDefinition& stage;
  const std::string& name;
};

/// Of all components; those that bring a model of their own want none.
std::vector<KnownModel> KnownModels(const Catalog& catalog);

}  // namespace reelbatch::engine
