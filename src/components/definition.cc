#include "components/definition.h"

#include <algorithm>

namespace reelbatch::components {

using contracts::ComponentKnob;
using contracts::KnobSettings;
using contracts::Reuse;
using contracts::RunConfig;

const ComponentKnob* FindKnob(const ComponentDefinition& definition, std::string_view name) {
  const auto found = std::ranges::find(definition.knobs, name, &ComponentKnob::name);
  return found == definition.knobs.end() ? nullptr : &*found;
}

contracts::Sampling SamplingOf(const ComponentDefinition& definition, const RunConfig& config) {
  return contracts::SamplingOf(config, definition.name, definition.frames);
}

bool SeesPictures(const ComponentDefinition& definition) {
  return definition.looks_at_frames ||
         std::ranges::find(definition.stages, UnitsFrom::kSeek, &StageDefinition::from) !=
             definition.stages.end();
}

contracts::ComponentSpec SpecOf(const ComponentDefinition& definition, const RunConfig& config) {
  contracts::ComponentSpec spec{
      .name = definition.name, .needs = definition.needs, .uses = definition.uses};
  for (const ComponentKnob& knob : definition.knobs) {
    if (knob.type != contracts::KnobType::kReuse) continue;
    const Reuse reuse = contracts::ReuseOf(config, knob);
    if (reuse == Reuse::kPrefer) spec.uses.push_back(knob.other);
    if (reuse == Reuse::kRequire) spec.needs.push_back(knob.other);
  }
  return spec;
}

base::Status SettleKnobs(const ComponentDefinition& definition, RunConfig& config) {
  if (definition.settle) {
    if (auto settled = definition.settle(config); !settled) return settled;
  }
  for (const ComponentKnob& knob : definition.knobs) {
    KnobSettings& settings = knob.hashed ? config.knobs : config.unhashed_knobs;
    if (knob.hashed && knob.always_named) {
      settings.try_emplace(knob.name, knob.usual);
    } else if (const auto set = settings.find(knob.name);
               set != settings.end() && set->second == knob.usual) {
      settings.erase(set);
    }
  }
  return {};
}

}  // namespace reelbatch::components
