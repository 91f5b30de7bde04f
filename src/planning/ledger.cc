#include "planning/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace reelbatch::planning {
namespace {

using contracts::UnitId;

template <class T>
bool HasLaunch(const std::vector<Decision>& decisions) {
  return std::ranges::any_of(
      decisions, [](const Decision& decision) { return std::holds_alternative<T>(decision); });
}

}  // namespace

Ledger::Ledger(Policy policy, std::vector<DeviceState> devices, Lanes lanes)
    : policy_(policy), devices_(std::move(devices)), lanes_(lanes) {}

int Ledger::AddKey(LedgerKey key) {
  const auto number = static_cast<int>(keys_.size());
  if (key.model < 0) key.model = -1 - number;
  Key& added = keys_.emplace_back();
  added.queue = UnitQueue(key.in_order);
  added.spec = std::move(key);
  added.sources.running.insert(feeds_not_known_.begin(), feeds_not_known_.end());
  added.sources.blocked.insert(held_up_.begin(), held_up_.end());
  return number;
}

int Ledger::AddFeeds(std::vector<int> keys) {
  feeds_.push_back(std::move(keys));
  return static_cast<int>(feeds_.size()) - 1;
}

void Ledger::SetFeeds(int video, const std::vector<int>& keys) {
  SetHeldUp(video, false);
  if (feeds_not_known_.erase(video) == 0) return;
  for (int key = 0; std::cmp_less(key, keys_.size()); ++key) {
    if (std::ranges::find(keys, key) == keys.end()) Close(key, video);
  }
}

void Ledger::SetHeldUp(int video, bool held_up) {
  if (!feeds_not_known_.contains(video)) return;
  if (!(held_up ? held_up_.insert(video).second : held_up_.erase(video) > 0)) return;
  for (int key = 0; std::cmp_less(key, keys_.size()); ++key) SetBlocked(key, video, held_up);
}

bool Ledger::SetVideoMb(int video, double mb) {
  VideoTask& task = running_.at(video);
  if (lanes_.device >= 0) {
    DeviceState& device = devices_[static_cast<size_t>(lanes_.device)];
    const double ours_mb = device.ours_mb - task.mb + mb;
    if (mb > task.mb && ours_mb > device.BudgetMb()) return false;
    device.ours_mb = ours_mb;
  }
  videos_mb_ += mb - task.mb;
  task.mb = mb;
  return true;
}

void Ledger::SetUnitsMb(double mb) {
  if (lanes_.device < 0) return;
  devices_[static_cast<size_t>(lanes_.device)].ours_mb += mb - units_mb_;
  units_mb_ = mb;
}

void Ledger::VideoEnded(int video) {
  const auto place = running_.find(video);
  if (place == running_.end()) return;
  SetFeeds(video, {});
  cores_busy_ -= place->second.cores;
  videos_mb_ -= place->second.mb;
  if (lanes_.device >= 0) devices_[static_cast<size_t>(lanes_.device)].ours_mb -= place->second.mb;
  running_.erase(place);
}

void Ledger::Apply(int video, const UnitFlow::Changes& changes) {
  for (const UnitFlow::Change& change : changes) {
    OpenSources& sources = At(change.key).sources;
    if (change.open) {
      sources.running.insert(video);
    } else {
      sources.running.erase(video);
    }
    if (change.blocked) {
      sources.blocked.insert(video);
    } else {
      sources.blocked.erase(video);
    }
  }
}

void Ledger::Open(int key, int video) {
  if (flow_.Has(key, video)) return Apply(video, flow_.SetOpen({key, video}, true));
  At(key).sources.running.insert(video);
}

void Ledger::Close(int key, int video) {
  if (flow_.Has(key, video)) return Apply(video, flow_.SetOpen({key, video}, false));
  OpenSources& sources = At(key).sources;
  sources.running.erase(video);
  sources.blocked.erase(video);
}

void Ledger::SetBlocked(int key, int video, bool blocked) {
  if (flow_.Has(key, video)) return Apply(video, flow_.SetBlocked({key, video}, blocked));
  OpenSources& sources = At(key).sources;
  if (blocked && sources.running.contains(video)) {
    sources.blocked.insert(video);
  } else {
    sources.blocked.erase(video);
  }
}

void Ledger::Link(const UnitFlow::Edge& edge) {
  const auto state = [&](int key) {
    const OpenSources& sources = At(key).sources;
    return UnitFlow::State{.open = sources.running.contains(edge.video),
                           .blocked = sources.blocked.contains(edge.video)};
  };
  Apply(edge.video, flow_.Link(edge, state(edge.from), state(edge.to)));
}

void Ledger::Link(int from, int to, int video) { Link({.from = from, .to = to, .video = video}); }

void Ledger::LinkToEnd(int from, int to, int video) {
  Link({.from = from, .to = to, .video = video, .closes = false});
}

void Ledger::TakenOn(int key, int video, int64_t count) {
  if (flow_.Has(key, video)) Apply(video, flow_.TakenOn({key, video}, count));
}

void Ledger::SetHeld(int key, int video, int64_t count) {
  if (flow_.Has(key, video)) Apply(video, flow_.SetHeld({key, video}, count));
}

void Ledger::AddUnits(int number, int video, int first, int count, base::Nanoseconds now) {
  Key& key = At(number);
  key.counts.added += count;
  if (key.stopped) {
    key.counts.failed += count;
    return;
  }
  key.queue.Push(video, first, count, now);
  if (flow_.Has(number, video)) Apply(video, flow_.Added({number, video}, first, count));
}

void Ledger::DropVideo(int number, int video) {
  Key& key = At(number);
  key.counts.dropped += key.queue.DropVideo(video);
  DropRetries(number, video, 0, std::numeric_limits<int>::max());
  if (flow_.Has(number, video)) Apply(video, flow_.Dropped({number, video}));
}

void Ledger::DropRetries(int number, int video, int first, int count) {
  Key& key = At(number);
  const auto gone = [&](UnitId unit) {
    if (unit.video != video || unit.index < first || unit.index - first >= count) return false;
    if (!flow_.empty()) Apply(video, flow_.Lost(number, unit));
    return true;
  };
  size_t dropped = 0;
  for (RetryPiece& piece : key.retries) dropped += std::erase_if(piece.units, gone);
  std::erase_if(key.retries, [](const RetryPiece& piece) { return piece.units.empty(); });
  key.counts.dropped += static_cast<int64_t>(dropped);
  if (dropped > 0 && key.spec.in_order) key.queue.Release(video);
}

std::vector<Decision> Ledger::Ask(base::Nanoseconds now) {
  std::vector<KeyState> states;
  states.reserve(keys_.size());
  for (const Key& key : keys_) {
    states.push_back({.device = key.spec.device,
                      .cost = &key.spec.cost,
                      .queue = &key.queue,
                      .sources = &key.sources,
                      .retry = key.retries.empty() ? nullptr : &key.retries.front(),
                      .learned_limit = policy_.learns_limits ? key.spec.limit.limit : 0,
                      .loaded = loaded_.contains(key.spec.model),
                      .stopped = key.stopped,
                      .batches_in_flight = key.batches_in_flight});
  }
  const Snapshot snapshot{.devices = devices_,
                          .keys = states,
                          .videos = {.queue = &waiting_,
                                     .device = lanes_.device,
                                     .cores = lanes_.cores,
                                     .cores_busy = cores_busy_,
                                     .in_flight = static_cast<int>(running_.size()),
                                     .unseen_ms = unseen_ms_}};
  return planning::Decide(snapshot, policy_, now);
}

std::vector<Decision> Ledger::Decide(base::Nanoseconds now) {
  std::vector<Decision> all;
  while (true) {
    std::vector<Decision> decisions = Ask(now);
    const bool again = HasLaunch<LaunchBatch>(decisions) || HasLaunch<LaunchVideo>(decisions) ||
                       HasLaunch<RejectVideo>(decisions);
    next_wake_ = kNever;
    for (Decision& decision : decisions) {
      if (auto* const batch = std::get_if<LaunchBatch>(&decision)) Book(*batch);
      if (const auto* const video = std::get_if<LaunchVideo>(&decision)) Book(*video);
      if (std::holds_alternative<RejectVideo>(decision)) waiting_.Remove(*waiting_.front());
      const auto* const wait = std::get_if<Wait>(&decision);
      if (wait != nullptr) next_wake_ = std::min(next_wake_, wait->until);
      if (wait != nullptr && again) continue;
      all.push_back(std::move(decision));
    }
    if (!again) return all;
  }
}

void Ledger::Book(LaunchBatch& launch) {
  Key& key = At(launch.key);
  launch.id = next_id_++;
  if (launch.attempt > 1) {
    key.retries.pop_front();
  } else {
    key.queue.Remove(launch.units);
  }
  key.counts.in_flight += static_cast<int64_t>(launch.units.size());
  ++key.batches_in_flight;
  DeviceState& device = DeviceOf(key);
  if (loaded_.insert(key.spec.model).second) {
    device.ours_mb += key.spec.cost.fixed_mb;
    device.models_mb += key.spec.cost.fixed_mb;
  }
  const double mb = std::isfinite(launch.predicted_mb) ? launch.predicted_mb : 0;
  device.ours_mb += mb;
  ++device.batches_in_flight;
  in_flight_.emplace(launch.id, InFlight{.batch = launch, .mb = mb});
}

void Ledger::Book(const LaunchVideo& launch) {
  const VideoTask task = *waiting_.front();
  waiting_.Remove(task);
  cores_busy_ += task.cores;
  videos_mb_ += task.mb;
  if (lanes_.device >= 0) devices_[static_cast<size_t>(lanes_.device)].ours_mb += task.mb;
  running_.emplace(launch.video, task);
  if (task.feeds == VideoTask::kNotKnown) {
    feeds_not_known_.insert(launch.video);
    for (Key& key : keys_) key.sources.running.insert(launch.video);
  }
  if (task.feeds < 0) return;
  for (const int key : feeds_[static_cast<size_t>(task.feeds)]) Open(key, launch.video);
}

Ledger::InFlight Ledger::Settle(int64_t id) {
  InFlight settled = std::move(in_flight_.at(id));
  in_flight_.erase(id);
  Key& key = At(settled.batch.key);
  DeviceState& device = DeviceOf(key);
  device.ours_mb -= settled.mb;
  --device.batches_in_flight;
  --key.batches_in_flight;
  key.counts.in_flight -= static_cast<int64_t>(settled.batch.units.size());
  return settled;
}

void Ledger::Succeeded(int64_t id) {
  const InFlight settled = Settle(id);
  Key& key = At(settled.batch.key);
  key.counts.done += static_cast<int64_t>(settled.batch.units.size());
  key.worked = true;
  key.spec.limit.Succeeded(static_cast<int>(settled.batch.units.size()));
  if (!flow_.empty()) {
    for (const UnitId unit : settled.batch.units) flow_.Succeeded(settled.batch.key, unit);
  }
  if (!key.spec.in_order) return;
  for (const UnitId unit : settled.batch.units) key.queue.Release(unit.video);
}

AfterFailure Ledger::Failed(int64_t id, const contracts::BatchFailure& failure,
                            base::Nanoseconds now, base::Nanoseconds wall) {
  const InFlight settled = Settle(id);
  const std::vector<UnitId>& units = settled.batch.units;
  Key& key = At(settled.batch.key);
  AfterFailure after = AfterBatchFailed({.units = units,
                                         .attempt = settled.batch.attempt,
                                         .failure = failure.failure,
                                         .max_batch = failure.max_batch,
                                         .worked_before = key.worked},
                                        policy_, now);
  if (failure.failure == contracts::FailureClass::kBatchLimit && !after.pieces.empty()) {
    key.spec.cost.max_batch = static_cast<int>(after.pieces.front().units.size());
  }
  if (after.learn) key.spec.limit.Failed(static_cast<int>(units.size()), wall);
  if (after.restart) key.worked = false;
  if (key.stopped)
    after = {.units_failed = true};  // stopped by another batch while this one was in flight
  for (const RetryPiece& piece : after.pieces) key.retries.push_back(piece);
  if (!after.pieces.empty()) return after;
  key.counts.failed += static_cast<int64_t>(units.size());
  if (!flow_.empty()) {
    for (const UnitId unit : units) Apply(unit.video, flow_.Lost(settled.batch.key, unit));
  }
  if (after.key_stopped) Stop(settled.batch.key);
  if (key.spec.in_order) {
    for (const UnitId unit : units) key.queue.Release(unit.video);
  }
  return after;
}

int64_t Ledger::Waiting(UnitFlow::Pair pair) const {
  const Key& key = keys_[static_cast<size_t>(pair.key)];
  int64_t waiting = key.queue.size(pair.video);
  for (const RetryPiece& piece : key.retries) {
    waiting += std::ranges::count_if(piece.units, [&](UnitId unit) {
      return unit.video == pair.video && flow_.CountsUnit(pair.key, unit);
    });
  }
  return waiting;
}

void Ledger::Stop(int number) {
  Key& key = At(number);
  key.stopped = true;
  key.counts.failed += key.queue.size();
  for (const RetryPiece& piece : key.retries)
    key.counts.failed += static_cast<int64_t>(piece.units.size());
  for (const UnitFlow::Pair pair : flow_.Pairs()) {
    if (pair.key == number && flow_.Feeds(pair)) Apply(pair.video, flow_.Lost(pair, Waiting(pair)));
  }
  key.queue = UnitQueue(key.spec.in_order);
  key.retries.clear();
}

bool Ledger::finished() const {
  return idle() && waiting_.empty() && std::ranges::all_of(keys_, [](const Key& key) {
           return key.queue.size() == 0 && key.retries.empty() && key.sources.running.empty();
         });
}

UnitCounts Ledger::Counts(int number) const {
  const Key& key = keys_[static_cast<size_t>(number)];
  UnitCounts counts = key.counts;
  counts.queued = key.queue.size();
  for (const RetryPiece& piece : key.retries)
    counts.to_retry += static_cast<int64_t>(piece.units.size());
  return counts;
}

}  // namespace reelbatch::planning
