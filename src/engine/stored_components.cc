#include "engine/stored_components.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "store/identity.h"

namespace reelbatch::engine {
namespace {

/// Those of the run, in its order.
std::vector<std::string> UsedBy(const components::ComponentDefinition& component,
                                const contracts::RunConfig& config) {
  const contracts::ComponentSpec spec = components::SpecOf(component, config);
  std::vector<std::string> used;
  for (const std::string& other : config.components) {
    for (const auto& edges : {spec.needs, spec.uses}) {
      if (std::ranges::find(edges, other) != edges.end()) used.push_back(other);
    }
  }
  return used;
}

store::StoredComponent Stored(const components::ComponentDefinition& component,
                              const contracts::RunConfig& config, const BatchSetup& batching) {
  const std::string& name = component.name;
  const std::vector<std::string> used = UsedBy(component, config);
  std::vector<std::string> with_it = used;
  with_it.push_back(name);
  std::vector<std::string_view> settings(component.run_settings.begin(),
                                         component.run_settings.end());
  for (const contracts::ComponentKnob& knob : component.knobs) {
    if (knob.hashed) settings.push_back(knob.name);
  }
  store::StoredComponent stored{
      .name = name,
      .version = component.version,
      .kind = component.kind,
      .schema = component.schema,
      .npz = name + "/" + (component.npz.empty() ? name + ".npz" : component.npz),
      .document = component.document,
      .config = store::ComponentConfig(config, with_it, settings),
      .uses = used,
      .models_used = batching.ModelsOf(name)};
  // A result that another one's went into is also of its models.
  for (const std::string& other : used) {
    const auto models = batching.ModelsOf(other);
    stored.models_used.insert(stored.models_used.end(), models.begin(), models.end());
  }
  return stored;
}

}  // namespace

std::vector<store::StoredComponent> StoredComponents(const contracts::RunConfig& config,
                                                     const Catalog& catalog,
                                                     const BatchSetup& batching) {
  std::vector<store::StoredComponent> stored;
  for (const std::string& name : config.components)
    stored.push_back(Stored(*catalog.Find(name), config, batching));
  return stored;
}

std::vector<store::OutsideComponent> OutsideComponents(const contracts::RunConfig& config,
                                                       const Catalog& catalog) {
  std::vector<store::OutsideComponent> outside;
  for (const std::string& user : config.components) {
    for (const contracts::ComponentKnob& knob : catalog.Find(user)->knobs) {
      const bool reuses = knob.type == contracts::KnobType::kReuse &&
                          contracts::ReuseOf(config, knob) != contracts::Reuse::kNever;
      if (!reuses || std::ranges::find(config.components, knob.other) != config.components.end())
        continue;
      auto place = std::ranges::find(outside, knob.other, [](const store::OutsideComponent& one) {
        return one.component.name;
      });
      if (place == outside.end()) {
        outside.push_back({.component = Stored(*catalog.Find(knob.other), config, {})});
        place = outside.end() - 1;
      }
      place->users.push_back(user);
      if (contracts::ReuseOf(config, knob) == contracts::Reuse::kRequire)
        place->required_by.push_back(user);
      place->any_configuration = place->required_by == place->users;
    }
  }
  return outside;
}

}  // namespace reelbatch::engine
