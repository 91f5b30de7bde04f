#include "store/used_results.h"

#include <algorithm>
#include <set>
#include <utility>

#include "store/stored_result.h"

namespace reelbatch::store {
namespace {

/// Reads what a missing component takes from outside the run. What cannot be read is not taken.
/// Errors: out_of_memory.
base::Status LoadOutside(const WantedWork& wanted, FoundWork& found, UsedResults& used) {
  for (const OutsideComponent& outside : wanted.outside) {
    const std::string& name = outside.component.name;
    const auto place = found.outside.find(name);
    const bool taken = std::ranges::any_of(wanted.components, [&](const StoredComponent& one) {
      return !found.components.contains(one.name) && outside.is_taken_by(one.name);
    });
    if (place == found.outside.end() || !taken) continue;
    auto result = LoadResult(outside.component, wanted.content_sha256,
                             wanted.layout.Run(wanted.video_id, place->second.run_id));
    if (result) {
      used.results.emplace(name, std::move(*result));
      continue;
    }
    if (result.error().code == base::Code::kOutOfMemory) return std::unexpected(result.error());
    found.outside_refused.emplace(name, result.error().Text());
    used.unreadable.emplace(name, std::move(result.error()));
    found.outside.erase(place);
  }
  return {};
}

/// Whether a missing component takes the result of `name`.
bool IsTaken(const WantedWork& wanted, const FoundWork& found, const std::string& name) {
  return std::ranges::any_of(wanted.components, [&](const StoredComponent& component) {
    return !found.components.contains(component.name) &&
           std::ranges::find(component.uses, name) != component.uses.end();
  });
}

/// What takes a result that is computed anew is computed anew, too.
void LoseWithItsUsers(const WantedWork& wanted, const std::string& name, FoundWork& found) {
  std::set<std::string, std::less<>> lost = {name};
  found.missing.clear();
  for (const StoredComponent& component : wanted.components) {
    const bool follows = std::ranges::any_of(
        component.uses, [&](const std::string& used) { return lost.contains(used); });
    if (follows && found.components.contains(component.name)) lost.insert(component.name);
    if (lost.contains(component.name)) {
      found.components.erase(component.name);
      found.outcome.results.erase(component.name);
      found.outcome.component_empty.erase(component.name);
      found.outcome.kept.erase(component.name);
    }
    if (!found.components.contains(component.name)) found.missing.push_back(component.name);
  }
}

}  // namespace

base::Result<UsedResults> LoadUsed(const WantedWork& wanted, FoundWork& found) {
  UsedResults used;
  for (bool changed = true; std::exchange(changed, false);) {
    for (const StoredComponent& component : wanted.components) {
      const auto place = found.components.find(component.name);
      if (place == found.components.end() || used.results.contains(component.name)) continue;
      if (!IsTaken(wanted, found, component.name)) continue;
      auto result = LoadResult(component, wanted.content_sha256,
                               wanted.layout.Run(wanted.video_id, place->second.run_id));
      if (result) {
        used.results.emplace(component.name, std::move(*result));
        continue;
      }
      if (result.error().code == base::Code::kOutOfMemory) return std::unexpected(result.error());
      used.unreadable.emplace(component.name, std::move(result.error()));
      LoseWithItsUsers(wanted, component.name, found);
      changed = true;
    }
  }
  std::erase_if(used.results,
                [&](const auto& result) { return !found.components.contains(result.first); });
  if (auto loaded = LoadOutside(wanted, found, used); !loaded)
    return std::unexpected(loaded.error());
  return used;
}

}  // namespace reelbatch::store
