#include "runtime/dispatcher.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "base/units.h"

namespace reelbatch::runtime {
namespace {

using planning::Decision;

/// A push that waits looks up so often whether its video has to stop; an executor whether time has
/// brought something.
constexpr std::chrono::milliseconds kLookUp(100);

std::vector<planning::DeviceState> DevicesOf(const Dispatcher::Options& options) {
  std::vector<planning::DeviceState> devices = options.batching.devices;
  planning::DeviceState ram{.memory = planning::MemoryKind::kRam};
  ram.declared_mb = base::ToMib(options.max_memory_bytes);
  devices.push_back(ram);  // the last one: of videos in flight
  return devices;
}

planning::Ledger::Lanes LanesOf(const Dispatcher::Options& options) {
  return {.cores = std::max(1, options.lanes),
          .device = options.max_memory_bytes > 0 ? static_cast<int>(options.batching.devices.size())
                                                 : -1};
}

int FeedsOf(const BatchingOptions& batching) {
  return batching.models.empty() ? planning::VideoTask::kNone : planning::VideoTask::kNotKnown;
}

}  // namespace

Dispatcher::Dispatcher(Options options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      ledger_(options_.batching.policy, DevicesOf(options_), LanesOf(options_)),
      sources_(ledger_, options_.lanes, FeedsOf(options_.batching)),
      units_(options_.batching, ledger_, clock) {}

void Dispatcher::Add(std::vector<Input> inputs) {
  base::MutexLock lock(mutex_);
  sources_.Add(std::move(inputs));
  changed_.notify_all();
}

void Dispatcher::Close() {
  base::MutexLock lock(mutex_);
  sources_.Close();
  changed_.notify_all();
}

std::shared_ptr<Video> Dispatcher::Take() {
  base::MutexLock lock(mutex_);
  while (!Over()) {
    auto video = sources_.Take();
    if (video == nullptr) {
      changed_.wait(mutex_);
      continue;
    }
    if (std::holds_alternative<Found>(video->state)) {
      video->state = Probing{Lease([this, input = video->input] { EndProbe(input); })};
      Act();
    } else if (std::holds_alternative<Concluding>(video->state)) {
      units_.SetIdle(RankOf(video->input), false);
    } else if (auto* const admitted = std::get_if<Admitted>(&video->state)) {
      ledger_.SetHeldUp(RankOf(video->input), false);
      units_.SetIdle(RankOf(video->input), false);
      admitted->place = Lease([this, rank = RankOf(video->input)] { EndSource(rank); });
    }
    return video;
  }
  return nullptr;
}

void Dispatcher::Put(std::shared_ptr<Video> video) {
  base::MutexLock lock(mutex_);
  if (std::holds_alternative<Probed>(video->state)) {
    units_.SetIdle(RankOf(video->input), true);
    sources_.PutProbed(std::move(video));
  } else if (std::holds_alternative<WaitingForUnits>(video->state)) {
    units_.Await(std::move(video));
  } else {
    sources_.PutConcluding(std::move(video));
    changed_.notify_all();
  }
  Act();
}

void Dispatcher::EndProbe(const Input& input) {
  base::MutexLock lock(mutex_);
  sources_.EndProbe(input);
  Act();
  changed_.notify_all();  // there is room in the look-ahead
}

bool Dispatcher::SetBytes(const Input& input, int64_t bytes) {
  base::MutexLock lock(mutex_);
  if (!ledger_.SetVideoMb(RankOf(input), base::ToMib(bytes))) return false;
  NoteMemory();
  return true;
}

void Dispatcher::EndSource(int rank) {
  base::MutexLock lock(mutex_);
  ledger_.VideoEnded(rank);
  Act();
}

void Dispatcher::Finish() {
  base::MutexLock lock(mutex_);
  sources_.Finish();
  if (sources_.finished()) changed_.notify_all();
}

void Dispatcher::Stop() {
  base::MutexLock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

int64_t Dispatcher::left() const {
  base::MutexLock lock(mutex_);
  return sources_.left();
}

int64_t Dispatcher::most_bytes() const {
  base::MutexLock lock(mutex_);
  return most_bytes_;
}

void Dispatcher::Act() {
  if (stopped_) return;
  const base::Nanoseconds wake = ledger_.next_wake();
  // Videos that wait for their units keep their results: where batches are slow, no more of them
  // are begun than can be held.
  const bool crowded =
      units_.awaiting() >= static_cast<size_t>(std::max(kMostAwaiting, 4 * options_.lanes));
  ledger_.SetCores(crowded ? 0 : options_.lanes - sources_.probing());
  ShareMemory();
  const bool could_feed = std::exchange(can_feed_, units_.TellHeld());
  bool news = can_feed_ && !could_feed;
  // All lanes may be waiting for room. A batch must then not wait for a video that no lane has
  // taken yet.
  sources_.TellHeldUp(units_.pressed());
  for (Decision& decision : ledger_.Decide(clock_.Steady())) {
    news = news || !std::holds_alternative<planning::Wait>(decision);
    if (auto* const batch = std::get_if<planning::LaunchBatch>(&decision))
      units_.Launch(std::move(*batch));
    if (const auto* const launched = std::get_if<planning::LaunchVideo>(&decision))
      sources_.Launch(launched->video, launched->fast);
    // A lane says of it what it says of every video that does not fit.
    if (const auto* const rejected = std::get_if<planning::RejectVideo>(&decision))
      sources_.Launch(rejected->video, false);
  }
  for (auto& video : units_.TakeComplete()) {
    sources_.PutConcluding(std::move(video));
    news = true;
  }
  NoteMemory();
  // An executor that waits without a limit must hear of a time at which to look again.
  if (news || ledger_.next_wake() < wake) changed_.notify_all();
}

void Dispatcher::ShareMemory() {
  if (options_.max_memory_bytes > 0 && !options_.batching.models.empty()) {
    // A share is kept for units, or large videos would leave them no room to fill a batch.
    constexpr int64_t kShare = 4;
    const int64_t kept = std::min(options_.batching.unit_bytes, options_.max_memory_bytes / kShare);
    ledger_.SetUnitsMb(base::ToMib(std::max(kept, units_.bytes())));
    units_.SetLimit(options_.max_memory_bytes -
                    static_cast<int64_t>(ledger_.videos_mb() * (1 << 20)));
  }
  const auto held_mb =
      static_cast<int64_t>(std::ceil(ledger_.videos_mb() + base::ToMib(units_.bytes())));
  for (size_t k = 0; k < options_.batching.devices.size(); ++k) {
    const planning::DeviceState& device = options_.batching.devices[k];
    if (device.memory == planning::MemoryKind::kRam)
      ledger_.SetOthersMb(static_cast<int>(k), device.others_mb + held_mb);
  }
}

void Dispatcher::NoteMemory() {
  double mb = ledger_.videos_mb();
  for (size_t k = 0; k < options_.batching.devices.size(); ++k) {
    const planning::DeviceState& device = ledger_.device(static_cast<int>(k));
    if (device.memory == planning::MemoryKind::kRam) mb += device.ours_mb - device.models_mb;
  }
  most_bytes_ = std::max(most_bytes_, static_cast<int64_t>(mb * (1 << 20)) + units_.bytes());
}

// Units of videos.

base::Result<VideoUnits> Dispatcher::OpenUnits(
    const Input& input, const std::vector<std::unique_ptr<components::Component>>& components,
    const Pusher& pusher) {
  base::MutexLock lock(mutex_);
  // Of a lane that was given up meanwhile: the video is another's by now, or has ended.
  if (!pusher.beat())
    return base::Fail(base::Code::kCancelled, "was stopped before its units were used");
  auto units = units_.Open(*this, RankOf(input), components, pusher);
  Act();
  return units;
}

bool Dispatcher::Push(UnitStream& stream, components::Bytes data, components::Bytes kept) {
  base::MutexLock lock(mutex_);
  const auto bytes = static_cast<int64_t>(data.size() + kept.size());
  const auto wanted = [&] { return !stopped_ && stream.of.wanted() && !stream.closed; };
  // Results that are fed have waited for room before (Note [Feeding never deadlocks]).
  const auto waits = [&] { return stream.after == nullptr && units_.Full(bytes); };
  bool blocked = false;
  while (wanted() && waits()) {
    // First of all: a lane that was given up may come here, and its video is another's by now.
    if (!stream.of.pusher.beat()) break;
    if (!blocked) {
      blocked = true;
      units_.SetBlocked(stream.of.video, true);
      stream.of.pusher.on_wait();
      Act();
    }
    clock_.WaitFor(changed_, mutex_, kLookUp);
    Act();  // a delay may be over
  }
  if (blocked) units_.SetBlocked(stream.of.video, false);
  if (!wanted() || waits()) return false;
  units_.Add(stream, std::move(data), std::move(kept));
  Act();
  return true;
}

void Dispatcher::SetPusher(ComponentUnits& units, const Pusher& pusher) {
  base::MutexLock lock(mutex_);
  units.pusher = pusher;
}

bool Dispatcher::CloseUnits(ComponentUnits& units, components::UnitsFrom from) {
  base::MutexLock lock(mutex_);
  units_.Close(units, from);
  Act();
  return !stopped_;
}

std::optional<EndedUnits> Dispatcher::TakeEnded(ComponentUnits& units) {
  base::MutexLock lock(mutex_);
  if (stopped_ || !units.complete()) return std::nullopt;
  return units_.TakeEnded(units);
}

void Dispatcher::FailUnits(ComponentUnits& units, const contracts::Fault& fault) {
  base::MutexLock lock(mutex_);
  units_.Fail(units, fault);
  Act();
  changed_.notify_all();
}

Lease Dispatcher::UnitsOf(const Input& input) {
  return Lease([this, rank = RankOf(input)] { Abandon(rank); });
}

void Dispatcher::Abandon(int rank) {
  base::MutexLock lock(mutex_);
  units_.Abandon(rank);
  Act();
  changed_.notify_all();
}

// Executors.

std::optional<BatchWork> Dispatcher::TakeBatch(int device, int lane) {
  base::MutexLock lock(mutex_);
  while (!Over()) {
    if (auto work = units_.Take(device, lane)) return work;
    const base::Nanoseconds wake = ledger_.next_wake();
    if (wake == planning::kNever) {
      changed_.wait(mutex_);
      continue;
    }
    const base::Nanoseconds now = clock_.Steady();
    if (now >= wake) {
      Act();
      if (ledger_.next_wake() > now) continue;
    }
    // Under a lock that others need too: the clock may be one that only moves when someone looks.
    clock_.WaitFor(
        changed_, mutex_,
        std::min<base::Nanoseconds>(kLookUp, std::max(base::Nanoseconds(1000), wake - now)));
  }
  return std::nullopt;
}

std::optional<FeedWork> Dispatcher::TakeFeed() {
  base::MutexLock lock(mutex_);
  while (!Over()) {
    if (auto work = units_.TakeFeed()) {
      can_feed_ = false;  // until Act() says so of the next one
      return work;
    }
    changed_.wait(mutex_);
  }
  return std::nullopt;
}

void Dispatcher::SettleFeed(const FeedWork& work, const base::Status& fed) {
  base::MutexLock lock(mutex_);
  units_.SettleFeed(work, fed);
  Act();
  changed_.notify_all();
}

BatchReport Dispatcher::Settle(BatchWork work, BatchResult result) {
  base::MutexLock lock(mutex_);
  BatchReport report = units_.Settle(std::move(work), std::move(result));
  Act();
  changed_.notify_all();
  return report;
}

BatchReport Dispatcher::GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                               std::vector<components::Bytes>& kept) {
  base::MutexLock lock(mutex_);
  BatchReport report = units_.GiveUp(work, failure, kept);
  Act();
  changed_.notify_all();
  return report;
}

}  // namespace reelbatch::runtime
