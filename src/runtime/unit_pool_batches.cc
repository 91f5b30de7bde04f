#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/fault.h"
#include "runtime/unit_pool.h"

// The batches of a pool, and the results that are fed.
namespace reelbatch::runtime {

using contracts::UnitId;

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
                 .stage_before = models_[static_cast<size_t>(work.launch.key)]->after,
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
    if (k == 0 || work.launch.units[k - 1].video != stream.of.video) ++work.report.videos;
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
    if (!stream.of.wanted()) continue;
    stream.report.queue_wait_ms +=
        std::chrono::duration<double, std::milli>(work.report.began - stream.came[place]).count();
    stream.report.effective_batch_size += static_cast<double>(work.launch.units.size());
    ++stream.report.units;
    stream.report.batches += k == 0 || work.streams[k - 1] != work.streams[k] ? 1 : 0;
    stream.report.batch_peak_mb = std::max(stream.report.batch_peak_mb, work.launch.predicted_mb);
    stream.outputs[place] = std::move(outputs[k]);
    stream.back[place] = true;
    if (place > 0)
      components::Bytes().swap(stream.outputs[place - 1].state);  // it has travelled on
    ++stream.done;
    if (stream.feeder == nullptr) {
      FreeKept(stream, place);
      feeds_.AddOpen(stream.depth, -1);
    }
    feeds_.Update(stream);
  }
}

std::optional<FeedWork> UnitPool::TakeFeed() {
  const FeedQueue::Place next = feeds_.Take(!Full(1));
  if (next.units == nullptr) return std::nullopt;
  UnitStream& stage = *next.stage;
  const auto place = static_cast<size_t>(stage.fed);
  FeedWork work{.units = next.units, .stage = next.stage, .feeder = stage.feeder};
  work.output.result = stage.outputs[place].result;
  work.kept_bytes = static_cast<int64_t>(stage.kept[place].size());
  work.kept = std::exchange(stage.kept[place], {});
  return work;
}

void UnitPool::SettleFeed(const FeedWork& work, const base::Status& fed) {
  UnitStream& stage = *work.stage;
  feeds_.End(stage);
  bytes_ -= work.kept_bytes;
  if (!work.units->wanted()) return;
  if (!fed) {
    Fail(*work.units, FaultOf({.code = fed.error().code,
                               .message = fed.error().Text(),
                               .context = work.units->component},
                              Blame::kComponent));
  } else {
    ++stage.fed;
    feeds_.AddOpen(stage.depth, -1);
    ledger_.TakenOn(stage.key, work.units->video, 1);
    feeds_.Update(stage);
    CloseWhatIsDrained(*work.units);
  }
  HandOverIfReady(work.units->video);
}

void UnitPool::Fail(ComponentUnits& units, const contracts::Fault& fault) {
  if (!units.wanted()) return;
  units.fault = fault;
  Drop(units);
}

void UnitPool::FailKey(int key, const contracts::Fault& fault) {
  stopped_keys_.emplace(key, fault);
  std::vector<std::shared_ptr<UnitStream>> streams;
  for (const auto& [place, stream] : streams_) {
    if (place.first == key) streams.push_back(stream);
  }
  for (const auto& stream : streams) {
    Fail(stream->of, fault);
    HandOverIfReady(stream->of.video);
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
    if (!stream.of.wanted()) {
      Free(stream, static_cast<size_t>(place));
      // A video that failed or started over meanwhile has units in the pieces, too.
      ledger_.DropRetries(work.launch.key, stream.of.video, work.launch.units[k].index, 1);
    } else if (after.pieces.empty()) {
      Fail(stream.of, fault);
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
                                .evidence = fmt::format("the model gave {} outputs for {} units",
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
      HandOverIfReady(work.streams[k]->of.video);
  }
  return report;
}

}  // namespace reelbatch::runtime
