#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/simulator/simulation.h"

namespace reelbatch::runtime {

void Simulation::FindStages() {
  const size_t all = scenario_.components.size();
  fed_.resize(all);
  staged_.resize(all);
  for (size_t k = 0; k < all; ++k) {
    const SimComponent& of = scenario_.components[k];
    if (of.from >= 0) fed_[static_cast<size_t>(of.from)].push_back(static_cast<int>(k));
    staged_[k] = of.from >= 0 || of.seek_ms > 0;
    has_stages_ = has_stages_ || staged_[k];
  }
  for (size_t round = 0; round < all; ++round) {  // no way through them is longer
    for (size_t k = 0; k < all; ++k) {
      for (const int need : scenario_.components[k].needs)
        staged_[k] = staged_[k] || staged_[static_cast<size_t>(need)];
    }
  }
}

void Simulation::LinkKeys(int video) {
  for (int k = 0; std::cmp_less(k, scenario_.components.size()); ++k) {
    const SimComponent& of = scenario_.components[static_cast<size_t>(k)];
    if (of.from >= 0) ledger_->Link(KeyOf(of.from, video), KeyOf(k, video), video);
    for (const int need : of.needs) {
      if (staged_[static_cast<size_t>(need)])
        ledger_->LinkToEnd(KeyOf(need, video), KeyOf(k, video), video);
    }
  }
}

bool Simulation::IsOfSource(int component) const {
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  return of.from < 0 && of.needs.empty();
}

/// Whether the pass that the video is in gives units of the component.
bool Simulation::Emits(const SimRunning& running, int component) const {
  return running.pass < 0 ? IsOfSource(component) : running.pass == component;
}

void Simulation::Drop(int component, int units) {
  pool_.Leave(component, units);
  pool_.Free(component, units);
}

/// Results that nothing waits for are taken on as they come; so are those that come again.
bool Simulation::IsTakenOn(const SimProgress& progress, int component, int index) const {
  return progress.failed || fed_[static_cast<size_t>(component)].empty() ||
         index < progress.taken_on;
}

void Simulation::ResultCame(SimRunning& running, int component, int index) {
  const SimProgress& progress = running.progress[static_cast<size_t>(component)];
  if (IsTakenOn(progress, component, index)) {
    pool_.Free(component, 1);
    if (has_stages_) ledger_->TakenOn(KeyOf(component, running.video), running.video, 1);
  } else if (progress.ready()) {
    ready_.emplace(-pool_.depth(component), running.video, component);
  }
}

/// The deepest first, then by video and index. Without room only where nothing behind it waits or
/// runs: then what it gives is the only thing beyond the bound, and can leave.
void Simulation::TakeOnResults() {
  const double bound = scenario_.sources.queued_mb;
  while (!ready_.empty()) {
    const auto [depth, video, component] = *ready_.begin();
    const bool room = bound == 0 || pool_.mb() < bound;
    if (!room && pool_.HasLaterThan(component)) break;
    ready_.erase(ready_.begin());
    SimRunning& running = *Running(video);
    TakeOn(running, component);
    if (running.progress[static_cast<size_t>(component)].ready())
      ready_.emplace(depth, video, component);
    EndIfComplete(video, component);
    FinishIfDone(video);
  }
  HoldResults();
}

void Simulation::TakeOn(SimRunning& running, int component) {
  SimProgress& progress = running.progress[static_cast<size_t>(component)];
  const double before_mb = pool_.mb();
  for (const int to : fed_[static_cast<size_t>(component)]) {
    SimProgress& fed = running.progress[static_cast<size_t>(to)];
    if (fed.failed) continue;
    const int units =
        corpus_.UnitsOf(static_cast<size_t>(to), running.video, running.shape, progress.taken_on);
    fed.units.resize(fed.units.size() + static_cast<size_t>(units), SimUnit::kNotYet);
    fed.ends.push_back(static_cast<int>(fed.units.size()));
    AddUnits(running, to, fed.ends.back());
  }
  double& most_mb = most_fed_mb_[pool_.depth(component)];
  most_mb = std::max(most_mb, pool_.mb() - before_mb);
  ++progress.taken_on;
  progress.held = std::max(0, progress.held - 1);
  pool_.Free(component, 1);
  ledger_->TakenOn(KeyOf(component, running.video), running.video, 1);
}

/// They may be all that is left of a video, where what they feed has failed.
bool Simulation::HasResultsToTakeOn(const SimRunning& running) const {
  for (size_t k = 0; k < running.progress.size(); ++k) {
    if (!fed_[k].empty() && running.progress[k].ready()) return true;
  }
  return false;
}

/// Tells the ledger of those that wait for memory: all that came of a video behind one that does.
void Simulation::HoldResults() {
  for (const auto& [depth, video, component] : ready_) {
    SimProgress& progress = Running(video)->progress[static_cast<size_t>(component)];
    const int waiting = progress.done - progress.taken_on;
    if (waiting <= progress.held) continue;
    result_.components[static_cast<size_t>(component)].held += waiting - progress.held;
    progress.held = waiting;
    ledger_->SetHeld(KeyOf(component, video), video, waiting);
  }
}

/// Of a component of a video that fails.
void Simulation::ForgetResults(SimRunning& running, int component) {
  ready_.erase({-pool_.depth(component), running.video, component});
  if (fed_[static_cast<size_t>(component)].empty()) return;
  const SimProgress& progress = running.progress[static_cast<size_t>(component)];
  pool_.Free(component, static_cast<int>(std::count(progress.units.begin() + progress.taken_on,
                                                    progress.units.end(), SimUnit::kDone)));
}

/// What follows where all units of a component are done: those that need it may begin, and with the
/// last result taken on what it feeds gets no more.
void Simulation::EndIfComplete(int video, int component) {
  SimRunning& running = *Running(video);
  SimProgress& progress = running.progress[static_cast<size_t>(component)];
  if (progress.failed || !progress.complete()) return;
  if (!std::exchange(progress.told, true)) {
    for (int k = 0; std::cmp_less(k, scenario_.components.size()); ++k) {
      const std::vector<int>& needs = scenario_.components[static_cast<size_t>(k)].needs;
      if (std::ranges::find(needs, component) != needs.end()) BeginIfReady(video, k);
    }
  }
  if (std::cmp_less(progress.taken_on, progress.units.size())) return;
  for (const int to : fed_[static_cast<size_t>(component)]) {
    if (!std::exchange(running.progress[static_cast<size_t>(to)].closed, true))
      EndIfComplete(video, to);
  }
}

void Simulation::BeginIfReady(int video, int component) {
  SimRunning& running = *Running(video);
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  SimProgress& progress = running.progress[static_cast<size_t>(component)];
  const bool ready = std::ranges::all_of(
      of.needs, [&](int need) { return running.progress[static_cast<size_t>(need)].told; });
  if (!ready || progress.failed || progress.closed) return;
  if (of.seek_ms > 0 && !progress.units.empty()) {
    running.passes.push_back(component);
    ledger_->SetBlocked(KeyOf(component, video), video, true);
    return NextPass(running);
  }
  progress.closed = true;
  AddUnits(running, component, static_cast<int>(progress.units.size()));
  ledger_->Close(KeyOf(component, video), video);
  EndIfComplete(video, component);
}

/// A video has one pass at a time. It waits for a lane and memory as it did for the first one.
void Simulation::NextPass(SimRunning& running) {
  if (running.pass >= 0 || running.asked) return;
  while (!running.passes.empty() &&
         running.progress[static_cast<size_t>(running.passes.front())].failed)
    running.passes.erase(running.passes.begin());
  if (running.passes.empty()) return;
  const auto component = static_cast<size_t>(running.passes.front());
  running.asked = true;
  ledger_->AddVideo({.video = running.video,
                     .ms = static_cast<double>(running.progress[component].units.size()) *
                           scenario_.components[component].seek_ms,
                     .mb = corpus_.SourceMb(running.shape),
                     .second_pass = true});
}

void Simulation::StartPass(SimRunning& running) {
  running.asked = false;
  running.pass = running.passes.front();
  running.passes.erase(running.passes.begin());
  ++result_.second_passes;
  ledger_->SetBlocked(KeyOf(running.pass, running.video), running.video, false);
  const auto component = static_cast<size_t>(running.pass);
  TakeLane(running, static_cast<double>(running.progress[component].units.size()) *
                        scenario_.components[component].seek_ms);
}

void Simulation::EndPass(SimRunning& running) {
  const int video = running.video;
  const int component = std::exchange(running.pass, -1);
  FreeLane(running);
  running.progress[static_cast<size_t>(component)].closed = true;
  ledger_->Close(KeyOf(component, video), video);
  EndIfComplete(video, component);
  NextPass(running);
  FinishIfDone(video);
}

/// Whether results of the component will come on their own (docs/requirements.md, "When batches
/// leave"): what is in flight, and what a source that does not wait gives. Results that wait for
/// memory do not count.
bool Simulation::Comes(const SimRunning& running, int component) const {
  const SimProgress& progress = running.progress[static_cast<size_t>(component)];
  if (progress.failed) return false;
  return progress.added > progress.done || CanAdd(running, component);
}

bool Simulation::CanAdd(const SimRunning& running, int component) const {
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  const SimProgress& progress = running.progress[static_cast<size_t>(component)];
  if (progress.failed || progress.closed) return false;
  if (of.from >= 0) return Comes(running, of.from);
  const bool in_pass = running.pass == component || (running.decoding && of.needs.empty());
  if (in_pass) return std::ranges::find(blocked_, running.video) == blocked_.end();
  return std::ranges::all_of(of.needs,
                             [&](int need) {
                               return running.progress[static_cast<size_t>(need)].complete() ||
                                      Comes(running, need);
                             }) &&
         std::ranges::find(running.passes, component) == running.passes.end();
}

/// Keys whose batches wait for more units: some must be able to come, or they wait for nothing.
void Simulation::CheckWaits(const std::vector<int>& keys) {
  if (!has_stages_) return;
  for (const int key : keys) {
    const int component = component_of_[static_cast<size_t>(key)];
    const bool can_come = std::ranges::any_of(running_, [&](const auto& entry) {
      const SimRunning& running = entry.second;
      const auto bucket = static_cast<size_t>(corpus_.BucketOf(running.shape));
      return keys_[static_cast<size_t>(component)][bucket] == key && CanAdd(running, component);
    });
    if (!can_come) {
      check_.Violated(fmt::format("units of {} wait for more units, although no more can come",
                                  scenario_.components[static_cast<size_t>(component)].name));
    }
  }
}

/// What waits is at most the bound, and what was let through beyond it: a portion that came while
/// nothing else was there, one result's units at every depth, and what came all at once.
void Simulation::CheckPool() {
  const double bound = scenario_.sources.queued_mb;
  if (bound == 0 || scenario_.restart_on_oom) return;
  double most_mb = std::max(bound, most_portion_mb_);
  for (const auto& [depth, mb] : most_fed_mb_) most_mb += mb;
  // Portions are whole units: one more of each than its share.
  for (const SimComponent& of : scenario_.components) most_mb += of.unit_mb + of.kept_mb;
  const double mb = pool_.mb() - pool_.unbounded_mb();
  if (mb > most_mb + 1e-6)
    check_.Violated(
        fmt::format("{:.1f} MB of units wait, but at most {:.1f} MB are allowed", mb, most_mb));
}

/// Of a video that ends: what did not fail had all its units, once each.
void Simulation::CheckUnits(const SimRunning& running) {
  for (size_t k = 0; k < running.progress.size(); ++k) {
    const SimProgress& progress = running.progress[k];
    if (progress.failed) continue;
    const int units = corpus_.Units(k, running.video, running.shape);
    if (std::cmp_equal(progress.units.size(), units) && std::cmp_equal(progress.added, units) &&
        std::ranges::all_of(progress.units, [](SimUnit unit) { return unit == SimUnit::kDone; }) &&
        (fed_[k].empty() || progress.taken_on == units)) {
      continue;
    }
    check_.Violated(fmt::format(
        "{}: {} units of video {} were made and {} gave results, but {} were expected",
        scenario_.components[k].name, progress.added, running.video, progress.taken_on, units));
  }
}

}  // namespace reelbatch::runtime
