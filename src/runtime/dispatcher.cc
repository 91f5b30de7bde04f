#include "runtime/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/fault.h"

namespace reelbatch::runtime {
namespace {

using contracts::UnitId;
using planning::Decision;

/// A push that waits looks up so often whether its video has to stop; an executor whether time has
/// brought something.
constexpr std::chrono::milliseconds kLookUp(100);

std::vector<planning::DeviceState> DevicesOf(const Dispatcher::Options& options) {
  std::vector<planning::DeviceState> devices = options.batching.devices;
  planning::DeviceState ram{.memory = planning::MemoryKind::kRam};
  ram.declared_mb = static_cast<double>(options.max_memory_bytes) / (1 << 20);
  devices.push_back(ram);  // the last one: of videos in flight
  return devices;
}

planning::Ledger::Lanes LanesOf(const Dispatcher::Options& options) {
  return {.cores = std::max(1, options.lanes),
          .device = options.max_memory_bytes > 0 ? static_cast<int>(options.batching.devices.size())
                                                 : -1};
}

}  // namespace

double Dispatcher::Mb(int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

Dispatcher::Dispatcher(const std::vector<Input>& inputs, Options options, const base::Clock& clock)
    : inputs_(inputs),
      options_(std::move(options)),
      clock_(clock),
      ledger_(options_.batching.policy, DevicesOf(options_), LanesOf(options_)),
      left_(static_cast<int>(inputs.size())),
      batches_(options_.batching.devices.size()) {}

std::optional<Task> Dispatcher::Take() {
  base::MutexLock lock(mutex_);
  while (true) {
    if (stopped_ || left_ == 0) return std::nullopt;
    if (!commits_.empty()) {
      Task task = std::move(commits_.front());
      commits_.pop_front();
      return task;
    }
    if (next_probe_ < inputs_.size()) {
      Task task;
      task.input = inputs_[next_probe_++];
      ++probing_;
      if (next_probe_ == inputs_.size()) ReleaseProbed();
      return task;
    }
    if (!launched_.empty()) {
      Task task = std::move(launched_.front());
      launched_.pop_front();
      return task;
    }
    changed_.wait(mutex_);
  }
}

void Dispatcher::ReleaseProbed() {
  for (Task& task : probed_) {
    const int video = Rank(task.input);
    ledger_.AddVideo({.video = video,
                      .ms = task.work,
                      .fast_ms = task.fast_work,
                      .mb = Mb(task.bytes),
                      .feeds = options_.batching.models.empty() ? planning::VideoTask::kNone
                                                                : planning::VideoTask::kNotKnown});
    waiting_.emplace(video, std::move(task));
  }
  probed_.clear();
  Act();
}

void Dispatcher::Put(Task task) {
  base::MutexLock lock(mutex_);
  if (task.outcome || task.pending) {
    commits_.push_back(std::move(task));
    changed_.notify_all();
    return;
  }
  probed_.push_back(std::move(task));
  if (next_probe_ >= inputs_.size()) ReleaseProbed();
}

void Dispatcher::EndProbe() {
  base::MutexLock lock(mutex_);
  --probing_;
  Act();
}

bool Dispatcher::SetBytes(const Input& input, int64_t bytes) {
  base::MutexLock lock(mutex_);
  if (!ledger_.SetVideoMb(Rank(input), Mb(bytes))) return false;
  NoteMemory();
  return true;
}

void Dispatcher::EndSource(const Input& input) {
  base::MutexLock lock(mutex_);
  ledger_.VideoEnded(Rank(input));
  Act();
}

void Dispatcher::Finish() {
  base::MutexLock lock(mutex_);
  if (--left_ == 0) changed_.notify_all();
}

void Dispatcher::Stop() {
  base::MutexLock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

int Dispatcher::left() const {
  base::MutexLock lock(mutex_);
  return left_;
}

bool Dispatcher::all_probed() const {
  base::MutexLock lock(mutex_);
  return next_probe_ >= inputs_.size();
}

int64_t Dispatcher::most_bytes() const {
  base::MutexLock lock(mutex_);
  return most_bytes_;
}

void Dispatcher::Act() {
  if (stopped_) return;
  const base::Nanoseconds wake = ledger_.next_wake();
  bool news = false;
  // Videos that wait for their units keep their results: where batches are slow, no more of them
  // are begun than can be held.
  const bool crowded =
      awaiting_.size() >= static_cast<size_t>(std::max(kMostAwaiting, 4 * options_.lanes));
  ledger_.SetCores(crowded ? 0 : options_.lanes - probing_);
  ShareMemory();
  for (Decision& decision : ledger_.Decide(clock_.Steady())) {
    if (auto* const batch = std::get_if<planning::LaunchBatch>(&decision))
      Launch(std::move(*batch));
    int video = -1;
    if (const auto* const launched = std::get_if<planning::LaunchVideo>(&decision))
      video = launched->video;
    // A lane says of it what it says of every video that does not fit.
    if (const auto* const rejected = std::get_if<planning::RejectVideo>(&decision))
      video = rejected->video;
    if (video >= 0) {
      const auto place = waiting_.find(video);
      launched_.push_back(std::move(place->second));
      if (const auto* const launched = std::get_if<planning::LaunchVideo>(&decision))
        launched_.back().fast = launched->fast;
      waiting_.erase(place);
    }
    news = news || !std::holds_alternative<planning::Wait>(decision);
  }
  NoteMemory();
  // An executor that waits without a limit must hear of a time at which to look again.
  if (news || ledger_.next_wake() < wake) changed_.notify_all();
}

void Dispatcher::ShareMemory() {
  const auto held_mb = static_cast<int64_t>(std::ceil(ledger_.videos_mb() + Mb(unit_bytes_)));
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
  most_bytes_ = std::max(most_bytes_, static_cast<int64_t>(mb * (1 << 20)) + unit_bytes_);
}

// Units of videos.

base::Result<int> Dispatcher::KeyOf(const contracts::BatchKey& key, const BatchModel& model) {
  if (const auto place = keys_.find(key); place != keys_.end()) return place->second;
  auto cost = model.cost(key);
  if (!cost) return std::unexpected(cost.error());
  if (auto checked = planning::CheckBatchCost(*cost, contracts::BatchKeyText(key)); !checked)
    return std::unexpected(checked.error());
  planning::LedgerKey spec{.device = model.device,
                           .model = static_cast<int>(&model - options_.batching.models.data()),
                           .cost = std::move(*cost),
                           .in_order = model.in_order};
  if (model.limit) spec.limit = model.limit(key);
  const int number = ledger_.AddKey(std::move(spec));
  keys_.emplace(key, number);
  models_.push_back(&model);
  key_names_.push_back(key);
  return number;
}

base::Result<std::vector<std::shared_ptr<UnitStream>>> Dispatcher::OpenStreams(
    const Input& input, const std::vector<std::unique_ptr<components::Component>>& components,
    const std::function<bool()>& beat) {
  std::vector<std::shared_ptr<UnitStream>> streams(components.size());
  std::vector<int> keys;
  base::MutexLock lock(mutex_);
  // Of a lane that was given up meanwhile: the video is another's by now, or has ended.
  if (!beat())
    return base::Fail(base::Code::kCancelled, "was stopped before its units were wanted");
  for (size_t k = 0; k < components.size(); ++k) {
    auto* const batched = dynamic_cast<components::BatchedComponent*>(components[k].get());
    if (batched == nullptr) continue;
    const auto model =
        std::ranges::find(options_.batching.models, batched->name(), &BatchModel::component);
    if (model == options_.batching.models.end()) {
      return base::Fail(base::Code::kInternal, "has units but no model to run them",
                        std::string(batched->name()));
    }
    const auto number = KeyOf(KeyWithModel(batched->key(), *model), *model);
    if (!number) return std::unexpected(number.error());
    const int key = *number;
    keys.push_back(key);
    const auto next = next_unit_.find({key, Rank(input)});
    streams[k] = std::make_shared<UnitStream>(*this, key, Rank(input),
                                              next == next_unit_.end() ? 0 : next->second);
    streams[k]->component = batched->name();
    streams[k]->beat = beat;
    if (ledger_.stopped(key)) streams[k]->fault = stopped_keys_.at(key);
    streams_[{key, Rank(input)}] = streams[k];
    ledger_.Open(key, Rank(input));
    batched->Bind(*streams[k]);
  }
  ledger_.SetFeeds(Rank(input), keys);
  Act();
  return streams;
}

bool Dispatcher::Push(UnitStream& stream, components::Bytes data) {
  base::MutexLock lock(mutex_);
  const auto bytes = static_cast<int64_t>(data.size());
  const auto full = [&] {
    return unit_bytes_ > 0 && unit_bytes_ + bytes > options_.batching.unit_bytes;
  };
  bool blocked = false;
  while (!stopped_ && !stream.fault && !stream.abandoned && full()) {
    if (!blocked) {
      blocked = true;
      ++stalls_;
      SetBlocked(stream.video, true);
      Act();
    }
    if (!stream.beat()) break;
    changed_.wait_for(mutex_, kLookUp);
    Act();  // a delay may be over
  }
  if (blocked) SetBlocked(stream.video, false);
  if (stopped_ || stream.fault || stream.abandoned || full()) return false;
  const int index = stream.first + static_cast<int>(stream.units.size());
  stream.units.push_back(std::move(data));
  stream.outputs.emplace_back();
  unit_bytes_ += bytes;
  const base::Nanoseconds now = clock_.Steady();
  stream.came.push_back(now);
  ledger_.AddUnits(stream.key, stream.video, index, 1, now);
  Act();
  return true;
}

void Dispatcher::SetBlocked(int video, bool blocked) {
  // A source that waits for room for one of its keys adds to none of the others either.
  for (const auto& [where, stream] : streams_) {
    if (where.second == video && !stream->closed) ledger_.SetBlocked(where.first, video, blocked);
  }
}

void Dispatcher::Free(UnitStream& stream, size_t place) {
  components::Bytes& data = stream.units[place];
  unit_bytes_ -= static_cast<int64_t>(data.size());
  components::Bytes().swap(data);
}

void Dispatcher::FreeAllButInFlight(UnitStream& stream) {
  for (size_t place = 0; place < stream.units.size(); ++place) {
    if (!stream.in_flight.contains(static_cast<int>(place))) Free(stream, place);
  }
}

void Dispatcher::Abandon(const Input& input) {
  base::MutexLock lock(mutex_);
  const int video = Rank(input);
  for (auto place = streams_.begin(); place != streams_.end();) {
    UnitStream& stream = *place->second;
    if (stream.video != video) {
      ++place;
      continue;
    }
    stream.abandoned = true;
    next_unit_[place->first] = stream.first + static_cast<int>(stream.units.size());
    ledger_.DropVideo(stream.key, video);
    ledger_.Close(stream.key, video);
    FreeAllButInFlight(stream);
    place = streams_.erase(place);
  }
  Act();
  changed_.notify_all();
}

void Dispatcher::Await(Task task) {
  base::MutexLock lock(mutex_);
  const int video = Rank(task.input);
  for (const auto& stream : task.pending->streams) {
    if (stream == nullptr) continue;
    stream->closed = true;
    ledger_.Close(stream->key, video);
  }
  awaiting_.emplace(video, std::move(task));
  HandOverIfComplete(video);
  Act();
}

void Dispatcher::HandOverIfComplete(int video) {
  const auto place = awaiting_.find(video);
  if (place == awaiting_.end()) return;
  const auto& streams = place->second.pending->streams;
  if (!std::ranges::all_of(
          streams, [](const auto& stream) { return stream == nullptr || stream->complete(); }))
    return;
  for (const auto& stream : streams) {
    if (stream != nullptr) streams_.erase({stream->key, video});
  }
  auto& batching = place->second.pending->outcome.batching;
  for (const auto& stream : streams) {
    if (stream == nullptr) continue;
    contracts::BatchingReport report = stream->report;
    const auto units = static_cast<double>(std::max<int64_t>(1, report.units));
    report.effective_batch_size /= units;
    report.queue_wait_ms /= units;
    batching.emplace(stream->component, report);
  }
  commits_.push_back(std::move(place->second));
  awaiting_.erase(place);
  changed_.notify_all();
}

// Executors.

void Dispatcher::Launch(planning::LaunchBatch launch) {
  const BatchModel& model = *models_[static_cast<size_t>(launch.key)];
  BatchWork work{
      .launch = std::move(launch), .model = model.model, .streams = {}, .inputs = {}, .report = {}};
  for (const UnitId unit : work.launch.units) {
    const auto& stream = streams_.at({work.launch.key, unit.video});
    const int place = unit.index - stream->first;
    components::UnitInput input{.data = stream->units[static_cast<size_t>(place)], .state = {}};
    if (model.in_order && place > 0)
      input.state = stream->outputs[static_cast<size_t>(place) - 1].state;
    stream->in_flight.insert(place);
    work.inputs.push_back(input);
    work.streams.push_back(stream);
  }
  batches_[static_cast<size_t>(model.device)].push_back(std::move(work));
}

std::optional<BatchWork> Dispatcher::TakeBatch(int device, int lane) {
  base::MutexLock lock(mutex_);
  std::deque<BatchWork>& batches = batches_[static_cast<size_t>(device)];
  while (true) {
    if (stopped_ || left_ == 0) return std::nullopt;
    if (!batches.empty()) {
      BatchWork work = std::move(batches.front());
      batches.pop_front();
      Describe(work, lane);
      return work;
    }
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
    changed_.wait_for(mutex_, std::min<base::Nanoseconds>(
                                  kLookUp, std::max(base::Nanoseconds(1000), wake - now)));
  }
}

void Dispatcher::Describe(BatchWork& work, int lane) {
  work.report = {.key = key_names_[static_cast<size_t>(work.launch.key)],
                 .launch = work.launch,
                 .device = models_[static_cast<size_t>(work.launch.key)]->device,
                 .lane = lane,
                 .began = clock_.Steady()};
  work.report.unit_bytes = unit_bytes_;
  work.report.stalls = stalls_;
  for (int key = 0; std::cmp_less(key, ledger_.keys()); ++key)
    work.report.units_waiting += ledger_.queued(key);
  for (size_t k = 0; k < work.streams.size(); ++k) {
    const UnitStream& stream = *work.streams[k];
    if (k == 0 || work.launch.units[k - 1].video != stream.video) ++work.report.videos;
    const auto place = static_cast<size_t>(work.launch.units[k].index - stream.first);
    work.report.waited = std::max(work.report.waited, work.report.began - stream.came[place]);
  }
}

void Dispatcher::Deliver(BatchWork& work, std::vector<components::UnitOutput> outputs) {
  for (size_t k = 0; k < work.streams.size(); ++k) {
    UnitStream& stream = *work.streams[k];
    const UnitId unit = work.launch.units[k];
    const auto place = static_cast<size_t>(unit.index - stream.first);
    stream.in_flight.erase(unit.index - stream.first);
    Free(stream, place);
    if (stream.abandoned || stream.fault) continue;
    stream.report.queue_wait_ms +=
        std::chrono::duration<double, std::milli>(work.report.began - stream.came[place]).count();
    stream.report.effective_batch_size += static_cast<double>(work.launch.units.size());
    ++stream.report.units;
    stream.report.batches += k == 0 || work.streams[k - 1] != work.streams[k] ? 1 : 0;
    stream.report.batch_peak_mb = std::max(stream.report.batch_peak_mb, work.launch.predicted_mb);
    stream.outputs[place] = std::move(outputs[k]);
    if (place > 0)
      components::Bytes().swap(stream.outputs[place - 1].state);  // it has travelled on
    ++stream.done;
  }
}

void Dispatcher::Fail(UnitStream& stream, const contracts::Fault& fault) {
  if (stream.fault || stream.abandoned) return;
  stream.fault = fault;
  ledger_.DropVideo(stream.key, stream.video);
  ledger_.Close(stream.key, stream.video);
  FreeAllButInFlight(stream);
}

void Dispatcher::CloseStream(UnitStream& stream) {
  base::MutexLock lock(mutex_);
  stream.closed = true;
  ledger_.Close(stream.key, stream.video);
  Act();
}

void Dispatcher::FailStream(UnitStream& stream, const contracts::Fault& fault) {
  base::MutexLock lock(mutex_);
  Fail(stream, fault);
  Act();
  changed_.notify_all();
}

void Dispatcher::FailKey(int key, const contracts::Fault& fault) {
  stopped_keys_.emplace(key, fault);
  std::vector<std::shared_ptr<UnitStream>> streams;
  for (const auto& [place, stream] : streams_) {
    if (place.first == key) streams.push_back(stream);
  }
  for (const auto& stream : streams) {
    Fail(*stream, fault);
    HandOverIfComplete(stream->video);
  }
}

void Dispatcher::TellFailure(BatchWork& work, const contracts::BatchFailure& failure,
                             const planning::AfterFailure& after) {
  const contracts::Fault fault =
      FaultOf(failure, key_names_[static_cast<size_t>(work.launch.key)], work.launch.units.size(),
              ledger_.cost(work.launch.key).memory);
  for (size_t k = 0; k < work.streams.size(); ++k) {
    UnitStream& stream = *work.streams[k];
    const int place = work.launch.units[k].index - stream.first;
    stream.in_flight.erase(place);
    if (!after.pieces.empty()) {
      ++stream.report.retries_total;
      stream.report.oom_retries += contracts::IsOutOfMemory(failure.failure) ? 1 : 0;
    }
    if (stream.abandoned || stream.fault) {
      Free(stream, static_cast<size_t>(place));
      // A video that failed or started over meanwhile has units in the pieces, too.
      ledger_.DropRetries(work.launch.key, stream.video, work.launch.units[k].index, 1);
    } else if (after.pieces.empty()) {
      Fail(stream, fault);
    }
  }
  if (after.key_stopped) FailKey(work.launch.key, fault);
}

BatchReport Dispatcher::GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                               std::vector<components::Bytes>& kept) {
  base::MutexLock lock(mutex_);
  for (size_t k = 0; k < work.streams.size(); ++k) {
    UnitStream& stream = *work.streams[k];
    const auto place = static_cast<size_t>(work.launch.units[k].index - stream.first);
    unit_bytes_ -= static_cast<int64_t>(stream.units[place].size());
    kept.push_back(std::exchange(stream.units[place], {}));
    if (place > 0) kept.push_back(std::exchange(stream.outputs[place - 1].state, {}));
  }
  return SettleLocked(work, std::unexpected(failure));
}

BatchReport Dispatcher::Settle(
    BatchWork work,
    std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> result) {
  base::MutexLock lock(mutex_);
  return SettleLocked(std::move(work), std::move(result));
}

BatchReport Dispatcher::SettleLocked(
    BatchWork work,
    std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> result) {
  const base::Nanoseconds now = clock_.Steady();
  BatchReport report = std::move(work.report);
  report.took = now - report.began;
  work.report.began = report.began;
  if (result && result->size() != work.launch.units.size()) {
    result = std::unexpected(
        contracts::BatchFailure{.failure = contracts::FailureClass::kOther,
                                .evidence = fmt::format("{} outputs came back for {} units",
                                                        result->size(), work.launch.units.size())});
  }
  const int limit_before = ledger_.limit(work.launch.key).limit;
  if (result) {
    ledger_.Succeeded(work.launch.id);
    Deliver(work, std::move(*result));
  } else {
    report.failure = result.error();
    report.after = ledger_.Failed(work.launch.id, result.error(), now, clock_.Wall());
    TellFailure(work, result.error(), report.after);
  }
  report.limit = ledger_.limit(work.launch.key);
  report.unit_bytes = unit_bytes_;
  report.stalls = stalls_;
  report.limit_learned = report.limit.limit != limit_before;
  for (size_t k = 0; k < work.streams.size(); ++k) {
    if (k == 0 || work.streams[k - 1] != work.streams[k])
      HandOverIfComplete(work.streams[k]->video);
  }
  Act();
  changed_.notify_all();
  return report;
}

}  // namespace reelbatch::runtime
