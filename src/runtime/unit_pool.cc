#include "runtime/unit_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "runtime/fault.h"

namespace reelbatch::runtime {

using contracts::UnitId;

UnitPool::UnitPool(const BatchingOptions& options, planning::Ledger& ledger,
                   const base::Clock& clock)
    : options_(options), ledger_(ledger), clock_(clock), batches_(options.devices.size()) {}

base::Result<int> UnitPool::KeyOf(const contracts::BatchKey& key, const BatchModel& model) {
  if (const auto place = keys_.find(key); place != keys_.end()) return place->second;
  auto cost = model.cost(key);
  if (!cost) return std::unexpected(cost.error());
  if (auto checked = planning::CheckBatchCost(*cost, contracts::BatchKeyText(key)); !checked)
    return std::unexpected(checked.error());
  planning::LedgerKey spec{.device = model.device,
                           .model = static_cast<int>(&model - options_.models.data()),
                           .cost = std::move(*cost),
                           .in_order = model.in_order};
  if (model.limit) spec.limit = model.limit(key);
  const int number = ledger_.AddKey(std::move(spec));
  keys_.emplace(key, number);
  models_.push_back(&model);
  key_names_.push_back(key);
  return number;
}

base::Result<std::vector<std::shared_ptr<UnitStream>>> UnitPool::Open(
    UnitDoor& door, int video,
    const std::vector<std::unique_ptr<components::Component>>& components,
    const std::function<bool()>& beat) {
  std::vector<std::shared_ptr<UnitStream>> streams(components.size());
  std::vector<int> keys;
  for (size_t k = 0; k < components.size(); ++k) {
    auto* const batched = dynamic_cast<components::BatchedComponent*>(components[k].get());
    if (batched == nullptr) continue;
    const auto model = std::ranges::find(options_.models, batched->name(), &BatchModel::component);
    if (model == options_.models.end()) {
      return base::Fail(base::Code::kInternal, "has units but no model to run them",
                        std::string(batched->name()));
    }
    const auto number = KeyOf(KeyWithModel(batched->key(), *model), *model);
    if (!number) return std::unexpected(number.error());
    const int key = *number;
    keys.push_back(key);
    const auto next = next_unit_.find({key, video});
    const int first = next == next_unit_.end() ? 0 : next->second;
    streams[k] = std::make_shared<UnitStream>(door, key, video, first);
    streams[k]->component = batched->name();
    streams[k]->beat = beat;
    if (ledger_.stopped(key)) streams[k]->fault = stopped_keys_.at(key);
    streams_[{key, video}] = streams[k];
    ledger_.Open(key, video);
    batched->Bind(*streams[k]);
  }
  ledger_.SetFeeds(video, keys);
  return streams;
}

bool UnitPool::Full(int64_t bytes) const {
  return bytes_ > 0 && bytes_ + bytes > options_.unit_bytes;
}

void UnitPool::Add(UnitStream& stream, components::Bytes data) {
  const int index = stream.first + static_cast<int>(stream.units.size());
  bytes_ += static_cast<int64_t>(data.size());
  stream.units.push_back(std::move(data));
  stream.outputs.emplace_back();
  const base::Nanoseconds now = clock_.Steady();
  stream.came.push_back(now);
  ledger_.AddUnits(stream.key, stream.video, index, 1, now);
}

void UnitPool::Close(UnitStream& stream) {
  stream.closed = true;
  ledger_.Close(stream.key, stream.video);
}

void UnitPool::SetBlocked(int video, bool blocked) {
  if (blocked) ++stalls_;
  // A source that waits for room for one of its keys adds to none of the others either.
  for (const auto& [where, stream] : streams_) {
    if (where.second == video && !stream->closed) ledger_.SetBlocked(where.first, video, blocked);
  }
}

void UnitPool::Free(UnitStream& stream, size_t place) {
  components::Bytes& data = stream.units[place];
  bytes_ -= static_cast<int64_t>(data.size());
  components::Bytes().swap(data);
}

void UnitPool::FreeAllButInFlight(UnitStream& stream) {
  for (size_t place = 0; place < stream.units.size(); ++place) {
    if (!stream.in_flight.contains(static_cast<int>(place))) Free(stream, place);
  }
}

void UnitPool::Abandon(int video) {
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
}

void UnitPool::Await(std::shared_ptr<Video> video) {
  const int rank = RankOf(video->input);
  for (const auto& stream : std::get<WaitingForUnits>(video->state).decoded.streams) {
    if (stream != nullptr) Close(*stream);
  }
  awaiting_.emplace(rank, std::move(video));
  HandOverIfComplete(rank);
}

void UnitPool::HandOverIfComplete(int rank) {
  const auto place = awaiting_.find(rank);
  if (place == awaiting_.end()) return;
  DecodedVideo& decoded = std::get<WaitingForUnits>(place->second->state).decoded;
  const auto& streams = decoded.streams;
  if (!std::ranges::all_of(
          streams, [](const auto& stream) { return stream == nullptr || stream->complete(); }))
    return;
  for (const auto& stream : streams) {
    if (stream != nullptr) streams_.erase({stream->key, rank});
  }
  auto& batching = decoded.outcome.batching;
  for (const auto& stream : streams) {
    if (stream == nullptr) continue;
    contracts::BatchingReport report = stream->report;
    const auto units = static_cast<double>(std::max<int64_t>(1, report.units));
    report.effective_batch_size /= units;
    report.queue_wait_ms /= units;
    batching.emplace(stream->component, report);
  }
  const std::shared_ptr<Video> video = std::move(place->second);
  awaiting_.erase(place);
  DecodedVideo whole = std::move(decoded);  // it lies in the state that ends now
  video->state = Concluding{std::move(whole)};
  complete_.push_back(video);
}

void UnitPool::Launch(planning::LaunchBatch launch) {
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

std::optional<BatchWork> UnitPool::Take(int device, int lane) {
  std::deque<BatchWork>& batches = batches_[static_cast<size_t>(device)];
  if (batches.empty()) return std::nullopt;
  BatchWork work = std::move(batches.front());
  batches.pop_front();
  Describe(work, lane);
  return work;
}

void UnitPool::Describe(BatchWork& work, int lane) const {
  work.report = {.key = key_names_[static_cast<size_t>(work.launch.key)],
                 .launch = work.launch,
                 .device = models_[static_cast<size_t>(work.launch.key)]->device,
                 .lane = lane,
                 .began = clock_.Steady()};
  work.report.unit_bytes = bytes_;
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

void UnitPool::Deliver(BatchWork& work, std::vector<components::UnitOutput> outputs) {
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

void UnitPool::Fail(UnitStream& stream, const contracts::Fault& fault) {
  if (stream.fault || stream.abandoned) return;
  stream.fault = fault;
  ledger_.DropVideo(stream.key, stream.video);
  ledger_.Close(stream.key, stream.video);
  FreeAllButInFlight(stream);
}

void UnitPool::FailKey(int key, const contracts::Fault& fault) {
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

void UnitPool::TellFailure(BatchWork& work, const contracts::BatchFailure& failure,
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

BatchReport UnitPool::GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                             std::vector<components::Bytes>& kept) {
  for (size_t k = 0; k < work.streams.size(); ++k) {
    UnitStream& stream = *work.streams[k];
    const auto place = static_cast<size_t>(work.launch.units[k].index - stream.first);
    bytes_ -= static_cast<int64_t>(stream.units[place].size());
    kept.push_back(std::exchange(stream.units[place], {}));
    if (place > 0) kept.push_back(std::exchange(stream.outputs[place - 1].state, {}));
  }
  return Settle(work, std::unexpected(failure));
}

BatchReport UnitPool::Settle(BatchWork work, BatchResult result) {
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
  report.unit_bytes = bytes_;
  report.stalls = stalls_;
  report.limit_learned = report.limit.limit != limit_before;
  for (size_t k = 0; k < work.streams.size(); ++k) {
    if (k == 0 || work.streams[k - 1] != work.streams[k])
      HandOverIfComplete(work.streams[k]->video);
  }
  return report;
}

}  // namespace reelbatch::runtime
