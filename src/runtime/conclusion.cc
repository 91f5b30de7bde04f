#include "runtime/conclusion.h"

#include <algorithm>
#include <utility>

#include "components/batched_component.h"
#include "runtime/fault.h"

namespace reelbatch::runtime {
namespace {

using components::UnitsFrom;

bool HasStageFrom(const ComponentUnits* units, UnitsFrom from) {
  return units != nullptr && std::ranges::any_of(units->stages, [from](const UnitStream& stage) {
           return stage.from == from;
         });
}

}  // namespace

std::vector<ComponentPhase> FirstPhases(
    const std::vector<std::unique_ptr<components::Component>>& components,
    const VideoUnits& units) {
  std::vector<ComponentPhase> phases;
  for (size_t k = 0; k < components.size(); ++k) {
    const bool follows =
        components[k]->seeking() != nullptr || HasStageFrom(units[k].get(), UnitsFrom::kResults);
    phases.push_back(follows ? ComponentPhase::kFollows : ComponentPhase::kWorks);
  }
  return phases;
}

std::vector<SeekTask> Conclusion::Go() {
  bool moved = true;
  while (moved) {
    moved = false;
    for (size_t k = 0; k < decoded_.components.size(); ++k) moved = Step(k) || moved;
  }
  return std::exchange(tasks_, {});
}

bool Conclusion::done() const {
  return std::ranges::all_of(decoded_.phases, [](const ComponentPhase phase) {
    return phase == ComponentPhase::kSettled;
  });
}

bool Conclusion::Step(size_t component) {
  const ComponentPhase phase = decoded_.phases[component];
  if (phase == ComponentPhase::kSettled || phase == ComponentPhase::kSeeks) return false;
  const std::string name(decoded_.components[component]->name());
  const contracts::ComponentSpec spec = SpecOf(name);
  if (const auto failed = decoded_.outcome.component_faults.find(name);
      failed != decoded_.outcome.component_faults.end()) {
    Fail(component, failed->second);
    return true;
  }
  if (const std::string missing = FailedNeed(spec); !missing.empty()) {
    Fail(component, {.code = contracts::FaultCode::kDependencyMissing,
                     .reason = "needs " + missing + ", which failed"});
    return true;
  }
  if (phase == ComponentPhase::kWorks) return FinishUnits(component);
  if (!OthersSettled(spec)) return false;
  if (phase == ComponentPhase::kFollows) return Follow(component);
  Settle(component,
         Guarded([&] { return decoded_.components[component]->Conclude(decoded_.outcome); }));
  decoded_.phases[component] = ComponentPhase::kSettled;
  return true;
}

bool Conclusion::Follow(size_t component) {
  components::Component& of = *decoded_.components[component];
  ComponentUnits* const units = decoded_.units[component].get();
  decoded_.phases[component] = ComponentPhase::kWorks;
  if (HasStageFrom(units, UnitsFrom::kResults)) {
    auto& staged = dynamic_cast<components::StagedComponent&>(of);
    Settle(component, Guarded([&] { return staged.TakeResults(decoded_.outcome); }));
    work_.CloseUnits(*units, UnitsFrom::kResults);
  }
  if (components::SeekingPart* const seeking = of.seeking()) {
    auto wanted = Guarded([&] { return seeking->Want(decoded_.outcome); });
    if (!wanted) {
      Settle(component, std::unexpected(wanted.error()));
    } else if (!wanted->empty()) {
      decoded_.phases[component] = ComponentPhase::kSeeks;
      tasks_.push_back({.component = component, .request = std::move(*wanted)});
    } else if (units != nullptr) {
      work_.CloseUnits(*units, UnitsFrom::kSeek);
    }
  }
  return true;
}

bool Conclusion::FinishUnits(size_t component) {
  ComponentUnits* const units = decoded_.units[component].get();
  if (units != nullptr) {
    if (!work_.UnitsEnded(*units)) return false;
    if (units->fault) {
      Fail(component, *units->fault);
      return true;
    }
    std::vector<std::vector<components::UnitOutput>> outputs;
    for (UnitStream& stage : units->stages) outputs.push_back(std::move(stage.outputs));
    auto& staged = dynamic_cast<components::StagedComponent&>(*decoded_.components[component]);
    Settle(component, Guarded([&] { return staged.Finish(std::move(outputs), decoded_.outcome); }));
  }
  decoded_.phases[component] = ComponentPhase::kFinished;
  return true;
}

std::string Conclusion::FailedNeed(const contracts::ComponentSpec& spec) const {
  const auto need = std::ranges::find_if(spec.needs, [&](const std::string& it) {
    return decoded_.outcome.component_faults.contains(it);
  });
  return need == spec.needs.end() ? "" : *need;
}

bool Conclusion::OthersSettled(const contracts::ComponentSpec& spec) const {
  const auto settled = [this](const std::string& name) {
    for (size_t k = 0; k < decoded_.components.size(); ++k) {
      if (decoded_.components[k]->name() == name)
        return decoded_.phases[k] == ComponentPhase::kSettled;
    }
    return true;  // it does not run, or an earlier run has its result
  };
  return std::ranges::all_of(spec.needs, settled) && std::ranges::all_of(spec.uses, settled);
}

contracts::ComponentSpec Conclusion::SpecOf(const std::string& name) const {
  const auto spec = std::ranges::find(specs_, name, &contracts::ComponentSpec::name);
  return spec == specs_.end() ? contracts::ComponentSpec{} : *spec;
}

void Conclusion::Settle(size_t component, const base::Status& ended) {
  if (ended) return;
  const std::string name(decoded_.components[component]->name());
  SetFault(name,
           FaultOf({.code = ended.error().code, .message = ended.error().Text(), .context = name},
                   Blame::kComponent),
           decoded_.outcome);
}

void Conclusion::Fail(size_t component, contracts::Fault fault) {
  if (ComponentUnits* const units = decoded_.units[component].get()) work_.FailUnits(*units, fault);
  SetFault(std::string(decoded_.components[component]->name()), std::move(fault), decoded_.outcome);
  decoded_.phases[component] = ComponentPhase::kSettled;
}

}  // namespace reelbatch::runtime
