#include "engine/stored_components.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "engine/frame_setup.h"
#include "store/identity.h"

namespace reelbatch::engine {
namespace {

bool Reuses(const components::ComponentDefinition& component, std::string_view other) {
  return std::ranges::any_of(component.knobs, [&](const contracts::ComponentKnob& knob) {
    return knob.type == contracts::KnobType::kReuse && knob.other == other;
  });
}

struct Edges {
  /// Components of the run, by name: the order in which components run depends on which others do,
  /// and may not show in a result's identity.
  std::vector<std::string> used = {};
  store::OwnFrames frames = {};  // of those that stand on other frames
};

Edges EdgesOf(const components::ComponentDefinition& component, const contracts::RunConfig& config,
              const Catalog& catalog) {
  const contracts::ComponentSpec spec = components::SpecOf(component, config);
  const auto other_frames = OtherFrames(config, catalog, component);
  Edges edges;
  for (const std::string& other : config.components) {
    for (const auto& named : {spec.needs, spec.uses}) {
      if (std::ranges::find(named, other) == named.end()) continue;
      const auto frames = other_frames.find(other);
      if (frames != other_frames.end() && Reuses(component, other)) {
        edges.frames.other_frames.insert(*frames);
      } else {
        edges.used.push_back(other);
      }
    }
  }
  std::ranges::sort(edges.used);
  edges.used.erase(std::ranges::unique(edges.used).begin(), edges.used.end());
  return edges;
}

/// A result that another one's went into, directly or not, is also of its models.
void AddModels(const components::ComponentDefinition& component, const contracts::RunConfig& config,
               const Catalog& catalog, const BatchSetup& batching,
               std::vector<contracts::ModelUsed>& models) {
  for (const contracts::ModelUsed& model : batching.ModelsOf(component.name)) {
    if (std::ranges::find(models, model) == models.end()) models.push_back(model);
  }
  for (const std::string& other : EdgesOf(component, config, catalog).used)
    AddModels(*catalog.Find(other), config, catalog, batching, models);
}

store::StoredComponent Stored(const components::ComponentDefinition& component,
                              const contracts::RunConfig& config, const Catalog& catalog,
                              const BatchSetup& batching) {
  const std::string& name = component.name;
  Edges edges = EdgesOf(component, config, catalog);
  const std::vector<std::string>& used = edges.used;
  contracts::RunConfig own = config;
  own.sampling = components::SamplingOf(component, config);
  const bool looks = components::SeesPictures(component);
  edges.frames.own_sampling = looks && own.sampling != config.sampling;
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
      .config = store::ComponentConfig(own, with_it, settings, edges.frames),
      .own_sampling = edges.frames.own_sampling ? std::optional(own.sampling) : std::nullopt,
      .uses = used};
  AddModels(component, config, catalog, batching, stored.models_used);
  return stored;
}

}  // namespace

std::vector<store::StoredComponent> StoredComponents(const contracts::RunConfig& config,
                                                     const Catalog& catalog,
                                                     const BatchSetup& batching) {
  std::vector<store::StoredComponent> stored;
  for (const std::string& name : config.components)
    stored.push_back(Stored(*catalog.Find(name), config, catalog, batching));
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
      const components::ComponentDefinition& other = *catalog.Find(knob.other);
      contracts::RunConfig as_user =
          config;  // its result has to stand on the frames of who takes it
      as_user.sampling = components::SamplingOf(*catalog.Find(user), config);
      as_user.sampling_of.clear();
      const contracts::Sampling theirs = components::SamplingOf(other, as_user);
      const bool preferred = contracts::ReuseOf(config, knob) == contracts::Reuse::kPrefer;
      if (preferred && !contracts::TakesSameFrames(theirs, as_user.sampling)) continue;
      auto place = std::ranges::find(outside, knob.other, [](const store::OutsideComponent& one) {
        return one.component.name;
      });
      if (place == outside.end()) {
        outside.push_back({.component = Stored(other, as_user, catalog, {})});
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
