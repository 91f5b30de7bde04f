#include "runtime/simulator/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>
#include <variant>

#include "runtime/simulator/sim_time.h"

namespace reelbatch::runtime {
Simulation::Simulation(const Scenario& scenario, const SimObserver& observer)
    : scenario_(scenario),
      observer_(observer),
      corpus_(scenario),
      check_(scenario, result_.violations),
      pool_(scenario) {
  result_.components.resize(scenario.components.size());
  result_.devices.resize(scenario.devices.size());
  result_.videos = corpus_.size();
  finished_.assign(static_cast<size_t>(corpus_.size()), 0);
  for (size_t k = 0; k < scenario.components.size(); ++k) {
    std::vector<int>& keys = keys_.emplace_back();
    for (size_t bucket = 0; bucket < corpus_.short_sides().size(); ++bucket) {
      if (bucket == 0 || scenario.components[k].bucket_by_size)
        component_of_.push_back(static_cast<int>(k));
      keys.push_back(static_cast<int>(component_of_.size()) - 1);
    }
  }
  FindStages();
  limits_.resize(component_of_.size());
  for (const SimDevice& device : scenario.devices) others_mb_.push_back(device.others_mb);
  down_.assign(scenario.devices.size(), false);
}

SimResult Simulation::Run() {
  for (size_t k = 0; k < scenario_.faults.size(); ++k) {
    At(FromSeconds(scenario_.faults[k].at_s), EventKind::kFault, static_cast<int64_t>(k));
  }
  Boot();
  Act();
  while (!events_.empty()) {
    now_ = events_.top().at;
    while (!events_.empty() && events_.top().at == now_) {
      const Event event = events_.top();
      events_.pop();
      Handle(event);
    }
    if (up_) Act();
    if (up_ && AllProbed() && ledger_->finished() && running_.empty() && flights_.empty())
      break;  // what faults still come changes nothing
  }
  GatherCounts();
  if (!AllProbed() || !ledger_->finished() || !running_.empty())
    check_.Violated("the run is stuck: work is left, but no event is pending");
  const int64_t ended = result_.videos_done + result_.videos_failed + result_.videos_rejected;
  if (!pool_.empty()) check_.Violated("units or results are left that no component waits for");
  if (ended != result_.videos)
    check_.Violated(fmt::format("only {} of {} videos ended", ended, result_.videos));
  result_.bound = Bound();
  if (result_.bound.ms > 0) result_.gap = result_.makespan_s * 1e3 / result_.bound.ms;
  if (result_.makespan_s > 0) {
    result_.core_utilisation = source_busy_s_ / scenario_.sources.cores / result_.makespan_s;
    for (size_t d = 0; d < result_.devices.size(); ++d) {
      result_.devices[d].utilisation =
          result_.devices[d].busy_s / scenario_.devices[d].lanes / result_.makespan_s;
    }
  }
  return std::move(result_);
}

void Simulation::At(base::Nanoseconds time, EventKind kind, int64_t id) {
  events_.push({.at = time, .turn = turn_++, .kind = kind, .id = id, .epoch = epoch_});
}

void Simulation::Boot() {
  std::vector<planning::DeviceState> devices;
  int source_device = -1;
  free_lanes_.clear();
  for (size_t d = 0; d < scenario_.devices.size(); ++d) {
    const SimDevice& device = scenario_.devices[d];
    if (device.id == scenario_.sources.device) source_device = static_cast<int>(d);
    devices.push_back({.memory = device.memory,
                       .total_mb = device.total_mb,
                       .others_mb = others_mb_[d],
                       .declared_mb = device.declared_mb,
                       .lanes = device.lanes,
                       .available = !down_[d]});
    std::set<int>& lanes = free_lanes_.emplace_back();
    for (int lane = 0; lane < device.lanes; ++lane) lanes.insert(lane);
  }
  free_cores_.clear();
  for (int core = 0; core < scenario_.sources.cores; ++core) free_cores_.insert(core);
  planning::Policy policy = scenario_.policy;
  if (scenario_.deadline_s) policy.deadline = FromSeconds(*scenario_.deadline_s);
  ledger_ = std::make_unique<planning::Ledger>(
      policy, std::move(devices),
      planning::Ledger::Lanes{.cores = scenario_.sources.cores, .device = source_device});
  for (size_t key = 0; key < component_of_.size(); ++key) {
    const SimComponent& component = scenario_.components[static_cast<size_t>(component_of_[key])];
    ledger_->AddKey({.device = component.device,
                     .model = component_of_[key],
                     .cost = component.cost,
                     .in_order = component.in_order,
                     .limit = limits_[key]});
  }
  for (size_t bucket = 0; bucket < corpus_.short_sides().size(); ++bucket) {
    std::vector<int> feeds;
    for (const std::vector<int>& keys : keys_) feeds.push_back(keys[bucket]);
    ledger_->AddFeeds(std::move(feeds));
  }
  FindVideos();
  up_ = true;
}

void Simulation::Kill(double for_s) {
  for (size_t key = 0; key < limits_.size(); ++key)
    limits_[key] = ledger_->limit(static_cast<int>(key));
  GatherCounts();
  ++epoch_;
  up_ = false;
  running_.clear();
  flights_.clear();
  check_.Forget();
  blocked_.clear();
  probing_ = 0;
  probed_.clear();
  pool_.Clear();
  ready_.clear();
  woken_ = planning::kNever;
  // Faults go on whatever happens to the process: their events are posted anew.
  std::vector<Event> kept;
  for (; !events_.empty(); events_.pop()) {
    if (events_.top().kind == EventKind::kFault || events_.top().kind == EventKind::kFaultEnd)
      kept.push_back(events_.top());
  }
  for (Event& event : kept) {
    event.epoch = epoch_;
    events_.push(event);
  }
  At(now_ + FromSeconds(for_s), EventKind::kWake, 1);
}

void Simulation::Handle(const Event& event) {
  if (event.epoch != epoch_) return;
  ++result_.events;
  switch (event.kind) {
    case EventKind::kProbeEnd:
      return EndProbe(static_cast<int>(event.id));
    case EventKind::kPortion:
      return Portion(static_cast<int>(event.id));
    case EventKind::kBatchEnd:
      return EndBatch(event.id);
    case EventKind::kFault:
      return Fault(scenario_.faults[static_cast<size_t>(event.id)]);
    case EventKind::kFaultEnd:
      return FaultEnds(scenario_.faults[static_cast<size_t>(event.id)]);
    case EventKind::kWake:
      woken_ = planning::kNever;
      if (!up_) Boot();
  }
}

void Simulation::Act() {
  std::vector<int> waits;  // keys that wait for units
  bool launched = false;   // a video: what its start has linked or closed was not known before
  Probe();
  do {
    waits.clear();
    launched = false;
    for (planning::Decision& decision : ledger_->Decide(now_)) {
      if (const auto* const video = std::get_if<planning::LaunchVideo>(&decision)) {
        StartVideo(*video);
        launched = true;
      }
      if (const auto* const batch = std::get_if<planning::LaunchBatch>(&decision))
        StartBatch(*batch);
      const auto* const wait = std::get_if<planning::Wait>(&decision);
      if (wait != nullptr && wait->what == planning::WaitFor::kUnits) waits.push_back(wait->key);
      if (const auto* const rejected = std::get_if<planning::RejectVideo>(&decision)) {
        if (Running(rejected->video) != nullptr) check_.Violated("a second pass was refused");
        finished_[static_cast<size_t>(rejected->video)] = 1;
        ++result_.videos_rejected;
        look_ahead_->Leave();
      }
    }
    // Where videos have left the window, others come into it.
  } while (Probe() || (launched && has_stages_));
  if (std::string wrong = ledger_->Audit(); !wrong.empty()) check_.Violated(std::move(wrong));
  CheckWaits(waits);
  CheckPool();
  const base::Nanoseconds wake = ledger_->next_wake();
  if (wake == planning::kNever || wake >= woken_) return;
  woken_ = wake;
  At(std::max(wake, now_ + base::Nanoseconds(1)), EventKind::kWake, 0);
}

SimRunning* Simulation::Running(int video) {
  const auto place = running_.find(video);
  return place == running_.end() ? nullptr : &place->second;
}

int Simulation::KeyOf(int component, int video) const {
  return keys_[static_cast<size_t>(component)]
              [static_cast<size_t>(corpus_.BucketOf(corpus_.At(video)))];
}

void Simulation::StartVideo(const planning::LaunchVideo& launch) {
  if (SimRunning* const again = Running(launch.video)) return StartPass(*again);
  if (finished_[static_cast<size_t>(launch.video)] != 0)
    check_.Violated(fmt::format("video {} runs again", launch.video));
  look_ahead_->Leave();
  SimRunning running{.video = launch.video, .shape = corpus_.At(launch.video), .fast = launch.fast};
  if (launch.fast) ++result_.videos_fast;
  for (size_t k = 0; k < scenario_.components.size(); ++k) {
    SimProgress& progress = running.progress.emplace_back();
    if (scenario_.components[k].from >= 0) continue;
    progress.units.assign(static_cast<size_t>(corpus_.Units(k, launch.video, running.shape)),
                          SimUnit::kNotYet);
  }
  SimRunning& placed = running_.emplace(launch.video, std::move(running)).first->second;
  TakeLane(placed, corpus_.SourceMs(placed.shape, launch.fast));
  LinkKeys(launch.video);
  for (int k = 0; std::cmp_less(k, scenario_.components.size()); ++k) {
    const int key = KeyOf(k, launch.video);
    const bool fed = scenario_.components[static_cast<size_t>(k)].from >= 0;
    if (!fed && placed.progress[static_cast<size_t>(k)].units.empty())
      ledger_->Close(key, launch.video);
    if (ledger_->stopped(key)) Fail(launch.video, k);
  }
}

void Simulation::TakeLane(SimRunning& running, double ms) {
  // More than there are cores where nothing was in flight and one video wants them all.
  running.lane = free_cores_.empty() ? scenario_.sources.cores : *free_cores_.begin();
  free_cores_.erase(running.lane);
  running.began = now_;
  running.chunk = 0;
  running.portion = std::max(base::Nanoseconds(1), FromMs(ms / scenario_.sources.chunks));
  At(now_ + running.portion, EventKind::kPortion, running.video);
  if (observer_.on_source_begins) observer_.on_source_begins(running.video, running.lane, now_);
}

void Simulation::Portion(int video) {
  SimRunning& running = *Running(video);
  if (running.pass >= 0 && running.progress[static_cast<size_t>(running.pass)].failed)
    return EndPass(running);
  double mb = 0;
  for (int k = 0; std::cmp_less(k, running.progress.size()); ++k) {
    const SimProgress& progress = running.progress[static_cast<size_t>(k)];
    if (!Emits(running, k) || progress.failed) continue;
    const SimComponent& of = scenario_.components[static_cast<size_t>(k)];
    mb += static_cast<double>(progress.units.size()) / scenario_.sources.chunks *
          (of.unit_mb + of.kept_mb);
  }
  const double bound = scenario_.sources.queued_mb;
  const double queued_mb = pool_.mb();
  if (bound > 0 && queued_mb > 0 && queued_mb + mb > bound) {
    blocked_.push_back(video);
    BlockSource(running, true);
    return;
  }
  Emit(running);
}

/// All keys whose units do not come from results wait with the source: units that come at the end
/// of others come after it.
void Simulation::BlockSource(const SimRunning& running, bool blocked) {
  for (int k = 0; std::cmp_less(k, running.progress.size()); ++k) {
    const bool waits = running.pass < 0 ? scenario_.components[static_cast<size_t>(k)].from < 0
                                        : running.pass == k;
    if (waits) ledger_->SetBlocked(KeyOf(k, running.video), running.video, blocked);
  }
}

void Simulation::Emit(SimRunning& running) {
  const int video = running.video;
  ++running.chunk;
  const int chunks = scenario_.sources.chunks;
  const double before_mb = pool_.mb();
  for (int k = 0; std::cmp_less(k, running.progress.size()); ++k) {
    if (!Emits(running, k)) continue;
    const auto all = static_cast<int64_t>(running.progress[static_cast<size_t>(k)].units.size());
    AddUnits(running, k, static_cast<int>(all * running.chunk / chunks));
  }
  most_portion_mb_ = std::max(most_portion_mb_, pool_.mb() - before_mb);
  if (running.chunk < chunks) return At(now_ + running.portion, EventKind::kPortion, video);
  if (running.pass >= 0) return EndPass(running);
  EndSource(running);
}

void Simulation::Unblock() {
  while (!blocked_.empty()) {
    const int video = blocked_.front();
    blocked_.pop_front();
    SimRunning& running = *Running(video);
    BlockSource(running, false);
    const size_t still = blocked_.size();
    Portion(video);
    if (blocked_.size() <= still) continue;
    blocked_.pop_back();
    blocked_.push_front(video);  // it keeps its place
    return;
  }
}

void Simulation::AddUnits(SimRunning& running, int component, int upto) {
  SimProgress& progress = running.progress[static_cast<size_t>(component)];
  const int count = upto - progress.added;
  if (progress.failed || count <= 0) return;
  const int key = KeyOf(component, running.video);
  progress.arrivals.emplace_back(progress.added, now_);
  for (int unit = progress.added; unit < upto; ++unit)
    progress.units[static_cast<size_t>(unit)] = SimUnit::kWaiting;
  ledger_->AddUnits(key, running.video, progress.added, count, now_);
  progress.added = upto;
  pool_.Add(component, count);
  result_.most_queued_mb = std::max(result_.most_queued_mb, pool_.mb());
}

void Simulation::FreeLane(const SimRunning& running) {
  free_cores_.insert(running.lane);
  source_busy_s_ += Seconds(now_ - running.began);
  ledger_->VideoEnded(running.video);
  if (observer_.on_source)
    observer_.on_source(
        {.video = running.video, .lane = running.lane, .began = running.began, .ended = now_});
}

void Simulation::EndSource(SimRunning& running) {
  const int video = running.video;
  running.decoding = false;
  FreeLane(running);
  for (int k = 0; std::cmp_less(k, running.progress.size()); ++k) {
    if (!IsOfSource(k)) continue;
    running.progress[static_cast<size_t>(k)].closed = true;
    ledger_->Close(KeyOf(k, video), video);
  }
  // What has no units, or all of them done already, ends here.
  for (int k = 0; std::cmp_less(k, running.progress.size()); ++k) {
    if (IsOfSource(k)) EndIfComplete(video, k);
  }
  FinishIfDone(video);
}

void Simulation::Fail(int video, int component) {
  SimRunning& running = *Running(video);
  SimProgress& progress = running.progress[static_cast<size_t>(component)];
  if (progress.failed) return;
  ForgetResults(running, component);
  progress.failed = true;
  running.failed = true;
  int waiting = 0;
  for (SimUnit& unit : progress.units) {
    if (unit != SimUnit::kWaiting) continue;
    unit = SimUnit::kLost;
    ++waiting;
  }
  Drop(component, waiting);
  ledger_->DropVideo(KeyOf(component, video), video);
  ledger_->Close(KeyOf(component, video), video);
  for (int k = 0; std::cmp_less(k, scenario_.components.size()); ++k) {
    const SimComponent& of = scenario_.components[static_cast<size_t>(k)];
    if (of.from == component || std::ranges::find(of.needs, component) != of.needs.end())
      Fail(video, k);
  }
}

void Simulation::FailAllOf(int key) {
  std::vector<int> videos;
  const int component = component_of_[static_cast<size_t>(key)];
  for (const int video : running_ | std::views::keys) {
    if (KeyOf(component, video) == key) videos.push_back(video);
  }
  std::ranges::sort(videos);
  for (const int video : videos) {
    Fail(video, component);
    FinishIfDone(video);
  }
}

void Simulation::FinishIfDone(int video) {
  const SimRunning* const running = Running(video);
  if (running == nullptr || running->decoding || running->pass >= 0 || running->asked) return;
  if (!std::ranges::all_of(running->progress, &SimProgress::complete)) return;
  if (HasResultsToTakeOn(*running)) return;
  CheckUnits(*running);
  ++(running->failed ? result_.videos_failed : result_.videos_done);
  finished_[static_cast<size_t>(video)] = 1;
  result_.makespan_s = Seconds(now_);
  running_.erase(video);
}

void Simulation::GatherCounts() {
  for (size_t key = 0; key < component_of_.size(); ++key) {
    const planning::UnitCounts counts = ledger_->Counts(static_cast<int>(key));
    SimComponentResult& component = result_.components[static_cast<size_t>(component_of_[key])];
    component.failed += counts.failed;
    component.dropped += counts.dropped;
    component.stopped = component.stopped || ledger_->stopped(static_cast<int>(key));
    component.learned_limit =
        std::max(component.learned_limit, ledger_->limit(static_cast<int>(key)).limit);
  }
}

}  // namespace reelbatch::runtime
