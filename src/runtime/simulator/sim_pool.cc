#include "runtime/simulator/sim_pool.h"

#include <algorithm>
#include <functional>

namespace reelbatch::runtime {

SimPool::SimPool(const Scenario& scenario)
    : scenario_(scenario),
      depths_(scenario.components.size(), -1),
      held_(scenario.components.size()) {
  const std::function<int(int)> visit = [&](int component) {
    int& depth = depths_[static_cast<size_t>(component)];
    if (depth >= 0) return depth;
    const SimComponent& of = scenario.components[static_cast<size_t>(component)];
    int before = of.from < 0 ? 0 : visit(of.from) + 1;
    for (const int need : of.needs) before = std::max(before, visit(need) + 1);
    return depth = before;
  };
  for (size_t k = 0; k < depths_.size(); ++k) visit(static_cast<int>(k));
}

void SimPool::Clear() { held_.assign(held_.size(), {}); }

void SimPool::Add(int component, int units) {
  Held& held = held_[static_cast<size_t>(component)];
  held.units += units;
  held.kept += units;
}

void SimPool::Leave(int component, int units) {
  held_[static_cast<size_t>(component)].units -= units;
}

void SimPool::Free(int component, int units) {
  held_[static_cast<size_t>(component)].kept -= units;
}

double SimPool::MbOf(size_t component) const {
  const SimComponent& of = scenario_.components[component];
  const Held& held = held_[component];
  return static_cast<double>(held.units) * of.unit_mb + static_cast<double>(held.kept) * of.kept_mb;
}

double SimPool::mb() const {
  double mb = 0;
  for (size_t k = 0; k < held_.size(); ++k) mb += MbOf(k);
  return mb;
}

double SimPool::unbounded_mb() const {
  double mb = 0;
  for (size_t k = 0; k < held_.size(); ++k) {
    const SimComponent& of = scenario_.components[k];
    if (!of.needs.empty() && of.seek_ms == 0) mb += MbOf(k);
  }
  return mb;
}

bool SimPool::empty() const {
  return std::ranges::all_of(held_,
                             [](const Held& held) { return held.units == 0 && held.kept == 0; });
}

bool SimPool::HasLaterThan(int component) const {
  for (size_t k = 0; k < held_.size(); ++k) {
    if (depths_[k] > depth(component) && held_[k].units > 0) return true;
  }
  return false;
}

}  // namespace reelbatch::runtime
