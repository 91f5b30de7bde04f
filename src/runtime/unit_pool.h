#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contracts/batch.h"
#include "contracts/batch_failure.h"
#include "contracts/outcome.h"
#include "planning/ledger.h"
#include "runtime/batching.h"
#include "runtime/feed_queue.h"
#include "runtime/unit_stream.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

/// A batch for an executor.
struct BatchWork {
  planning::LaunchBatch launch;
  std::shared_ptr<components::UnitModel> model = nullptr;
  std::vector<std::shared_ptr<UnitStream>> streams;  // by unit
  std::vector<components::UnitInput> inputs;         // by unit; valid until it is settled
  BatchReport report;
};

using BatchResult = std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure>;

/// The units of all videos in flight, from the first pushed unit to the last used result, and
/// the batches that the ledger makes of them.
/// Threads: none; the dispatcher holds its lock.
/// `options`, `ledger` and `clock` outlive it.
class UnitPool {
 public:
  UnitPool(const BatchingOptions& options, planning::Ledger& ledger, const base::Clock& clock);
  UnitPool(const UnitPool&) = delete;
  UnitPool& operator=(const UnitPool&) = delete;

  /// As Dispatcher::OpenUnits(). `receiver`: gets the units of the streams.
  base::Result<VideoUnits> Open(
      UnitReceiver& receiver, int video,
      const std::vector<std::unique_ptr<components::Component>>& components, const Pusher& pusher);
  /// The limit for bytes of waiting units, from now on: at most BatchingOptions::unit_bytes.
  void SetLimit(int64_t bytes) { limit_ = std::min(bytes, options_.unit_bytes); }
  /// Whether `bytes` more exceed the limit. An empty pool accepts any number.
  bool Full(int64_t bytes) const;
  /// A source waits for memory, or no longer: while it waits, it adds to none of its keys.
  void SetBlocked(int video, bool blocked);
  /// Adds one unit to a stream that is open.
  void Add(UnitStream& stream, components::Bytes data, components::Bytes kept);
  /// The stream has no more units.
  void Close(ComponentUnits& units, components::UnitsFrom from);
  void Fail(ComponentUnits& units, const contracts::Fault& fault);
  /// Once all units of the component have ended. From then on, only its video uses it.
  EndedUnits TakeEnded(ComponentUnits& units);
  /// The video failed or starts over: none of its units will run any more.
  void Abandon(int video);
  /// A lane works on the video again, or leaves it for now.
  void SetIdle(int video, bool idle);

  /// In state WaitingForUnits. It is complete when its components can continue: see CanGoOn().
  void Await(std::shared_ptr<Video> video);
  /// Videos that can continue, since the last call, in state Concluding.
  std::vector<std::shared_ptr<Video>> TakeComplete() { return std::exchange(complete_, {}); }
  size_t awaiting() const { return awaiting_.size(); }

  /// The ledger has started a batch.
  void Launch(planning::LaunchBatch launch);
  /// A batch for this device, given to `lane`. Not set: there is none now.
  std::optional<BatchWork> Take(int device, int lane);
  BatchReport Settle(BatchWork work, BatchResult result);
  /// As Dispatcher::GiveUp().
  BatchReport GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                     std::vector<components::Bytes>& kept);

  /// A result for its feeder. Not set: there is none now.
  std::optional<FeedWork> TakeFeed();
  /// The feeder has ended.
  void SettleFeed(const FeedWork& work, const base::Status& fed);

  /// Call it before the ledger decides: tells it what waits for memory. True: a result can
  /// be fed.
  bool TellHeld();
  /// After TellHeld(): sources wait for memory, or would.
  bool pressed() const { return pressed_; }

  int64_t bytes() const { return bytes_; }

 private:
  base::Result<int> KeyOf(const contracts::BatchKey& key, const BatchModel& model);
  base::Status OpenStages(ComponentUnits& units, components::StagedComponent& component);
  base::Status Connect(ComponentUnits& units, components::StagedComponent& component,
                       const std::vector<const BatchModel*>& models);
  void FailKey(int key, const contracts::Fault& fault);
  /// `place`: in UnitStream::units.
  void Free(UnitStream& stream, size_t place);
  void FreeKept(UnitStream& stream, size_t place);
  void FreeAllButInFlight(ComponentUnits& units);
  /// Stages whose results are all used make no more units.
  void CloseWhatIsDrained(ComponentUnits& units);
  void Drop(ComponentUnits& units);
  void Forget(const ComponentUnits& units);
  void TellBlocked(const ComponentUnits& units);
  void HandOverIfReady(int rank);
  void Describe(BatchWork& work, int lane) const;
  void Deliver(BatchWork& work, std::vector<components::UnitOutput> outputs);
  void TellFailure(BatchWork& work, const contracts::BatchFailure& failure,
                   const planning::AfterFailure& after);

  const BatchingOptions& options_;
  planning::Ledger& ledger_;
  const base::Clock& clock_;
  FeedQueue feeds_;
  int64_t limit_;
  std::map<contracts::BatchKey, int> keys_;
  std::vector<const BatchModel*> models_;       // by key
  std::vector<contracts::BatchKey> key_names_;  // by key
  std::map<int, VideoUnits> videos_;            // in flight, by rank; without nulls
  std::map<std::pair<int, int>, std::shared_ptr<UnitStream>>
      streams_;                                     // live ones by key and video
  std::map<std::pair<int, int>, int> next_unit_;    // of videos that have started over
  std::map<int, std::shared_ptr<Video>> awaiting_;  // whose units are not all back, by rank
  std::vector<std::shared_ptr<Video>> complete_;    // not taken
  std::vector<std::deque<BatchWork>> batches_;      // launched, not taken, by device
  std::map<int, contracts::Fault> stopped_keys_;    // why
  int64_t bytes_ = 0;
  int64_t stalls_ = 0;
  int blocked_sources_ = 0;
  bool pressed_ = false;
};

}  // namespace reelbatch::runtime
