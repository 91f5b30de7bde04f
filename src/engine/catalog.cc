#include "engine/catalog.h"

#include <algorithm>

#include "components/all_components.h"
#include "runtime/tensor_model.h"

namespace reelbatch::engine {

using components::ComponentDefinition;

namespace {

base::Result<OpenedModel> Open(const components::StageDefinition& stage,
                               const ModelProvider& provider) {
  auto model = provider.Open(stage.wanted);
  if (!model) return std::unexpected(model.error());
  const contracts::ModelDescription& description = (*model)->description();
  OpenedModel opened{.model = nullptr,
                     .used = {description.used},
                     .endpoint = provider.endpoint(),
                     .max_batch = description.max_batch > 0
                                      ? std::min(stage.max_batch, description.max_batch)
                                      : stage.max_batch,
                     .cost = {}};
  opened.cost = [&provider, cap = opened.max_batch, name = stage.wanted.used.model_name](
                    const contracts::BatchKey& key) -> base::Result<planning::BatchCost> {
    auto cost = provider.Cost(name, key);
    if (cost) cost->max_batch = std::min(cost->max_batch, cap);
    return cost;
  };
  opened.model = std::make_unique<runtime::TensorModel>(std::move(*model), stage.packing());
  return opened;
}

}  // namespace

Catalog Catalog::Builtin() {
  Catalog catalog;
  for (const ComponentDefinition& definition : components::AllComponents()) catalog.Add(definition);
  return catalog;
}

void Catalog::Add(ComponentDefinition definition) { components_.push_back(std::move(definition)); }

void Catalog::Add(ComponentDefinition definition, OpenStage open) {
  own_.emplace_back(definition.name, std::move(open));
  Add(std::move(definition));
}

const ComponentDefinition* Catalog::Find(std::string_view name) const {
  const auto place = std::ranges::find(components_, name, &ComponentDefinition::name);
  return place == components_.end() ? nullptr : &*place;
}

const contracts::ComponentKnob* Catalog::FindKnob(std::string_view name) const {
  for (const ComponentDefinition& definition : components_) {
    if (const auto* const knob = components::FindKnob(definition, name)) return knob;
  }
  return nullptr;
}

std::vector<std::string> Catalog::Names() const {
  std::vector<std::string> names;
  for (const ComponentDefinition& definition : components_) names.push_back(definition.name);
  return names;
}

std::vector<std::string> Catalog::UsualNames() const {
  std::vector<std::string> names;
  for (const ComponentDefinition& definition : components_) {
    if (definition.runs_by_default) names.push_back(definition.name);
  }
  return names;
}

std::vector<StagePlace> Catalog::Stages() const {
  std::vector<StagePlace> places;
  for (const ComponentDefinition& definition : components_) {
    for (const components::StageDefinition& stage : definition.stages)
      places.push_back({.component = definition, .stage = stage});
  }
  return places;
}

std::optional<StagePlace> Catalog::FindStage(std::string_view text) const {
  for (const StagePlace& place : Stages()) {
    if (place.text() == text) return place;
  }
  return std::nullopt;
}

base::Result<OpenedModel> Catalog::OpenModel(const ComponentDefinition& definition,
                                             const components::StageDefinition& stage,
                                             const ModelProvider& provider) const {
  const auto own = std::ranges::find(own_, definition.name, &decltype(own_)::value_type::first);
  return own == own_.end() ? Open(stage, provider) : own->second(stage, provider);
}

}  // namespace reelbatch::engine
