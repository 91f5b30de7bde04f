#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/simulator/sim_time.h"
#include "runtime/simulator/simulation.h"

namespace reelbatch::runtime {
namespace {

using contracts::FailureClass;
using planning::LaunchBatch;

/// Memory runs out early in a batch, an input fails somewhere in it, a server that is away says so
/// at once: shares of the batch's time.
constexpr double kOomAfter = 0.2;
constexpr double kInputAfter = 0.5;
constexpr double kRefusedAfter = 0.001;

double ShareBefore(FailureClass failure) {
  if (failure == FailureClass::kUnavailable) return kRefusedAfter;
  return contracts::IsOutOfMemory(failure) ? kOomAfter : kInputAfter;
}

}  // namespace

bool Simulation::Active(const SimFault& fault) const {
  const double now_s = Seconds(now_);
  return now_s >= fault.at_s && (fault.for_s == 0 || now_s < fault.at_s + fault.for_s);
}

double Simulation::TrueMs(const LaunchBatch& launch, int component) const {
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  double ms = launch.predicted_ms * of.ms_factor;
  for (const SimFault& fault : scenario_.faults) {
    if (fault.kind == FaultKind::kSlowDown && fault.device == of.device && Active(fault))
      ms *= fault.factor;
  }
  constexpr uint64_t kNoise = 16;
  if (scenario_.noise > 0) {
    ms *= std::exp(scenario_.noise * DrawNormal(scenario_.seed,
                                                kNoise + static_cast<uint64_t>(epoch_),
                                                static_cast<uint64_t>(launch.id)));
  }
  return ms;
}

std::optional<FailureClass> Simulation::FailureOf(const LaunchBatch& launch, int component) const {
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  if (down_[static_cast<size_t>(of.device)]) return FailureClass::kUnavailable;
  for (const SimFault& fault : scenario_.faults) {
    if (fault.component != component) continue;
    if (fault.kind == FaultKind::kOom && Active(fault) &&
        std::cmp_greater(launch.units.size(), fault.above)) {
      return FailureClass::kCapacity;
    }
    const contracts::UnitId bad{.video = fault.video, .index = fault.index};
    if (fault.kind == FaultKind::kBadUnit && std::ranges::binary_search(launch.units, bad))
      return FailureClass::kInput;
  }
  if (HeldMb(of.device) >
      static_cast<double>(scenario_.devices[static_cast<size_t>(of.device)].total_mb)) {
    return FailureClass::kCapacity;
  }
  return std::nullopt;
}

double Simulation::HeldMb(int device) const {
  const planning::DeviceState& state = ledger_->device(device);
  double held = static_cast<double>(others_mb_[static_cast<size_t>(device)]) + state.ours_mb;
  for (const auto& [id, flight] : flights_) {
    if (scenario_.components[static_cast<size_t>(flight.component)].device == device)
      held += flight.mb - flight.launch.predicted_mb;
  }
  return held;
}

void Simulation::StartBatch(const LaunchBatch& launch) {
  const int component = component_of_[static_cast<size_t>(launch.key)];
  const SimComponent& of = scenario_.components[static_cast<size_t>(component)];
  SimComponentResult& result = result_.components[static_cast<size_t>(component)];
  std::vector<const SimRunning*> videos_of_units;
  bool same_bucket = true;
  for (const contracts::UnitId unit : launch.units) {
    const SimRunning* const running = Running(unit.video);
    videos_of_units.push_back(running);
    same_bucket = same_bucket && KeyOf(component, unit.video) == launch.key;
  }
  check_.Launched(launch, component, *ledger_, same_bucket, videos_of_units, now_);
  int videos = 0;
  for (size_t k = 0; k < launch.units.size(); ++k) {
    const contracts::UnitId unit = launch.units[k];
    if (k == 0 || launch.units[k - 1].video != unit.video) ++videos;
    SimRunning* const running = Running(unit.video);
    if (running != nullptr)
      running->progress[static_cast<size_t>(component)].units[static_cast<size_t>(unit.index)] =
          SimUnit::kInFlight;
  }
  result_.most_videos_in_batch = std::max(result_.most_videos_in_batch, videos);
  result_.most_attempts = std::max(result_.most_attempts, launch.attempt);
  if (launch.attempt > 1) result.retries += static_cast<int64_t>(launch.units.size());

  std::set<int>& lanes = free_lanes_[static_cast<size_t>(of.device)];
  Flight flight{.launch = launch,
                .component = component,
                .lane = lanes.empty() ? 0 : *lanes.begin(),
                .began = now_};
  if (lanes.empty()) check_.Violated("a batch without a lane");
  lanes.erase(flight.lane);
  flight.mb = launch.predicted_mb * of.mb_factor;
  double ms = TrueMs(launch, component);
  auto& placed = flights_.emplace(launch.id, std::move(flight)).first->second;
  placed.failure = FailureOf(launch, component);
  SimDeviceResult& device = result_.devices[static_cast<size_t>(of.device)];
  device.most_mb =
      std::max(device.most_mb,
               HeldMb(of.device) - static_cast<double>(others_mb_[static_cast<size_t>(of.device)]));
  if (placed.failure) ms *= ShareBefore(*placed.failure);
  placed.ends = now_ + std::max(base::Nanoseconds(1), FromSeconds(ms / 1e3));
  At(placed.ends, EventKind::kBatchEnd, launch.id);
}

void Simulation::EndBatch(int64_t id) {
  const auto place = flights_.find(id);
  if (place == flights_.end()) return;
  if (place->second.ends > now_)
    return At(place->second.ends, EventKind::kBatchEnd, id);  // stalled meanwhile
  const Flight flight = std::move(place->second);
  flights_.erase(place);
  const SimComponent& of = scenario_.components[static_cast<size_t>(flight.component)];
  free_lanes_[static_cast<size_t>(of.device)].insert(flight.lane);
  result_.devices[static_cast<size_t>(of.device)].busy_s += Seconds(now_ - flight.began);
  if (observer_.on_batch) {
    observer_.on_batch({.component = flight.component,
                        .key = flight.launch.key,
                        .device = of.device,
                        .lane = flight.lane,
                        .launch = flight.launch,
                        .began = flight.began,
                        .ended = now_,
                        .succeeded = !flight.failure});
  }
  if (!flight.failure) {
    ledger_->Succeeded(id);
    UnitsDone(flight);
  } else {
    SimComponentResult& result = result_.components[static_cast<size_t>(flight.component)];
    if (contracts::IsOutOfMemory(*flight.failure)) ++result.ooms;
    const planning::AfterFailure after =
        ledger_->Failed(id, {.failure = *flight.failure, .evidence = "simulated"}, now_, now_);
    for (const planning::RetryPiece& piece : after.pieces)
      check_.BacksOff(flight.launch.key, piece);
    UnitsFailed(flight, after);
    if (scenario_.restart_on_oom && contracts::IsOutOfMemory(*flight.failure)) Redo(flight);
  }
  TakeOnResults();
  Unblock();
}

void Simulation::UnitsDone(const Flight& flight) {
  SimComponentResult& result = result_.components[static_cast<size_t>(flight.component)];
  ++result.batches;
  ++result.sizes[static_cast<int>(flight.launch.units.size())];
  ++result.by_binding[static_cast<size_t>(flight.launch.binding)];
  for (size_t k = 0; k < flight.launch.units.size(); ++k) {
    const contracts::UnitId unit = flight.launch.units[k];
    SimRunning* const running = Running(unit.video);
    pool_.Leave(flight.component, 1);
    if (running == nullptr) {
      pool_.Free(flight.component, 1);
      continue;
    }
    SimProgress& progress = running->progress[static_cast<size_t>(flight.component)];
    SimUnit& state = progress.units[static_cast<size_t>(unit.index)];
    if (state == SimUnit::kDone && !scenario_.restart_on_oom)
      check_.Violated("a unit is done twice");
    if (state != SimUnit::kDone) ++progress.done;
    state = SimUnit::kDone;
    ++result.units;
    result_.waits.Add(Seconds(flight.began - progress.CameAt(unit.index)), 1);
    ResultCame(*running, flight.component, unit.index);
    const bool last_of_video =
        k + 1 == flight.launch.units.size() || flight.launch.units[k + 1].video != unit.video;
    if (!last_of_video || running->decoding) continue;
    EndIfComplete(unit.video, flight.component);
    FinishIfDone(unit.video);
  }
}

void Simulation::UnitsFailed(const Flight& flight, const planning::AfterFailure& after) {
  const bool again = !after.pieces.empty();
  for (const contracts::UnitId unit : flight.launch.units) {
    if (!again) Drop(flight.component, 1);
    SimRunning* const running = Running(unit.video);
    if (running == nullptr) continue;
    running->progress[static_cast<size_t>(flight.component)]
        .units[static_cast<size_t>(unit.index)] = again ? SimUnit::kWaiting : SimUnit::kLost;
  }
  if (after.key_stopped) return FailAllOf(flight.launch.key);
  if (again) {
    // Of a video that failed meanwhile nothing runs again.
    for (const contracts::UnitId unit : flight.launch.units) {
      SimRunning* const running = Running(unit.video);
      if (running != nullptr && !running->progress[static_cast<size_t>(flight.component)].failed)
        continue;
      ledger_->DropVideo(flight.launch.key, unit.video);
      Drop(flight.component, 1);
    }
    return;
  }
  for (const contracts::UnitId unit : flight.launch.units) {
    if (Running(unit.video) == nullptr) continue;
    Fail(unit.video, flight.component);
    FinishIfDone(unit.video);
  }
}

/// What halve-and-restart does: all that the component has done of the videos at hand is done anew.
void Simulation::Redo(const Flight& flight) {
  std::vector<int> videos;
  for (const auto& [video, running] : running_) {
    if (KeyOf(flight.component, video) == flight.launch.key) videos.push_back(video);
  }
  std::ranges::sort(videos);
  for (const int video : videos) {
    SimProgress& progress = Running(video)->progress[static_cast<size_t>(flight.component)];
    if (progress.failed) continue;
    for (size_t unit = 0; unit < progress.units.size(); ++unit) {
      if (progress.units[unit] != SimUnit::kDone) continue;
      if (!IsTakenOn(progress, flight.component, static_cast<int>(unit))) {
        pool_.Free(flight.component, 1);
        ledger_->TakenOn(flight.launch.key, video, 1);  // the new result takes its place
      }
      progress.units[unit] = SimUnit::kWaiting;
      --progress.done;
      ledger_->AddUnits(flight.launch.key, video, static_cast<int>(unit), 1, now_);
      pool_.Add(flight.component, 1);
    }
    ready_.erase({-pool_.depth(flight.component), video, flight.component});
  }
}

void Simulation::Fault(const SimFault& fault) {
  const auto end = [&] {
    if (fault.for_s > 0)
      At(now_ + FromSeconds(fault.for_s), EventKind::kFaultEnd, &fault - scenario_.faults.data());
  };
  const auto device = static_cast<size_t>(fault.device);
  switch (fault.kind) {
    case FaultKind::kMemoryStep:
      others_mb_[device] = fault.used_mb;
      if (up_) ledger_->SetOthersMb(fault.device, fault.used_mb);
      return end();
    case FaultKind::kStall:
      for (auto& [id, flight] : flights_) {
        if (scenario_.components[static_cast<size_t>(flight.component)].device == fault.device)
          flight.ends += FromSeconds(fault.for_s);
      }
      return;
    case FaultKind::kRestart:
      down_[device] = true;
      if (up_) ledger_->SetAvailable(fault.device, false);
      for (auto& [id, flight] : flights_) {
        if (scenario_.components[static_cast<size_t>(flight.component)].device != fault.device)
          continue;
        flight.failure = FailureClass::kUnavailable;
        flight.ends = now_;
        At(now_, EventKind::kBatchEnd, id);
      }
      return end();
    case FaultKind::kCrash:
      if (up_) Kill(fault.for_s);
      return;
    case FaultKind::kOom:
    case FaultKind::kSlowDown:
    case FaultKind::kBadUnit:
      return;  // looked up where a batch starts
  }
}

void Simulation::FaultEnds(const SimFault& fault) {
  const auto device = static_cast<size_t>(fault.device);
  if (fault.kind == FaultKind::kMemoryStep) {
    others_mb_[device] = scenario_.devices[device].others_mb;
    if (up_) ledger_->SetOthersMb(fault.device, others_mb_[device]);
  } else {
    down_[device] = false;
    if (up_) ledger_->SetAvailable(fault.device, true);
  }
}

}  // namespace reelbatch::runtime
