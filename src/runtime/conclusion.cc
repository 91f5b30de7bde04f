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
  while (moved && !stopped_) {
    moved = false;
    for (size_t k = 0; k < decoded_.components.size() && !stopped_; ++k) moved = Step(k) || moved;
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
  const contracts::ComponentSpec& spec = SpecOf(name);
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
  if (phase == ComponentPhase::kFollows) return Follow(component, spec);
  Note(component,
       Guarded([&] { return decoded_.components[component]->Conclude(decoded_.outcome); }));
  decoded_.phases[component] = ComponentPhase::kSettled;
  return true;
}

void Conclusion::TakeEmptiness(const contracts::ComponentSpec& spec) {
  contracts::VideoOutcome& outcome = decoded_.outcome;
  for (const std::string& need : spec.needs) {
    const auto empty = outcome.component_empty.find(need);
    if (empty == outcome.component_empty.end()) continue;
    outcome.component_empty.emplace(spec.name, empty->second);
    break;
  }
  if (outcome.component_empty.size() < decoded_.components.size()) return;
  outcome.status = contracts::VideoStatus::kEmpty;
  outcome.empty_reason =
      outcome.component_empty.at(std::string(decoded_.components.front()->name()));
}

bool Conclusion::Follow(size_t component, const contracts::ComponentSpec& spec) {
  TakeEmptiness(spec);
  components::Component& of = *decoded_.components[component];
  ComponentUnits* const units = decoded_.units[component].get();
  decoded_.phases[component] = ComponentPhase::kWorks;
  if (HasStageFrom(units, UnitsFrom::kResults)) {
    auto& staged = dynamic_cast<components::StagedComponent&>(of);
    const auto taken = Guarded([&] { return staged.TakeResults(decoded_.outcome); });
    stopped_ = !work_.CloseUnits(*units, UnitsFrom::kResults);
    if (stopped_ || !Note(component, taken)) return true;
  }
  components::SeekingPart* const seeking = of.seeking();
  if (seeking == nullptr) return true;
  auto wanted = Guarded([&] { return seeking->Want(decoded_.outcome); });
  if (!wanted) {
    Note(component, std::unexpected(wanted.error()));
  } else if (!wanted->empty()) {
    decoded_.phases[component] = ComponentPhase::kSeeks;
    tasks_.push_back({.component = component, .request = std::move(*wanted)});
  } else if (units != nullptr) {
    work_.CloseUnits(*units, UnitsFrom::kSeek);
  }
  return true;
}

std::optional<EndedUnits> Conclusion::TakeEnded(size_t component) {
  ComponentUnits& units = *decoded_.units[component];
  auto ended = work_.TakeEnded(units);
  if (ended) decoded_.outcome.batching.emplace(units.component, ended->report);
  return ended;
}

bool Conclusion::FinishUnits(size_t component) {
  if (decoded_.units[component] != nullptr) {
    auto ended = TakeEnded(component);
    if (!ended) return false;
    if (ended->fault) {
      Fail(component, *ended->fault);
      return true;
    }
    auto& staged = dynamic_cast<components::StagedComponent&>(*decoded_.components[component]);
    Note(component,
         Guarded([&] { return staged.Finish(std::move(ended->outputs), decoded_.outcome); }));
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

const contracts::ComponentSpec& Conclusion::SpecOf(const std::string& name) const {
  static const contracts::ComponentSpec kFree;  // it needs and uses nothing
  const auto spec = std::ranges::find(specs_, name, &contracts::ComponentSpec::name);
  return spec == specs_.end() ? kFree : *spec;
}

bool Conclusion::Note(size_t component, const base::Status& ended) {
  if (ended) return true;
  const std::string name(decoded_.components[component]->name());
  SetFault(name,
           FaultOf({.code = ended.error().code, .message = ended.error().Text(), .context = name},
                   Blame::kComponent),
           decoded_.outcome);
  return false;
}

void Conclusion::Fail(size_t component, contracts::Fault fault) {
  decoded_.phases[component] = ComponentPhase::kSettled;
  if (ComponentUnits* const units = decoded_.units[component].get()) {
    work_.FailUnits(*units, fault);
    TakeEnded(component);
  }
  SetFault(std::string(decoded_.components[component]->name()), std::move(fault), decoded_.outcome);
}

}  // namespace reelbatch::runtime
