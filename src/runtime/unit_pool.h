#pragma once

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
#include "runtime/unit_stream.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

/// A micro-batch for an executor.
struct BatchWork {
  planning::LaunchBatch launch;
  std::shared_ptr<components::UnitModel> model = nullptr;
  std::vector<std::shared_ptr<UnitStream>> streams;  // by unit
  std::vector<components::UnitInput> inputs;         // by unit; valid until it is settled
  BatchReport report;
};

using BatchResult = std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure>;

/// The units of all videos in flight, from the first one pushed to the last one back, and the
/// batches that the ledger makes of them. Threads: none; the dispatcher holds its lock. `options`,
/// `ledger` and `clock` outlive it.
class UnitPool {
 public:
  UnitPool(const BatchingOptions& options, planning::Ledger& ledger, const base::Clock& clock);
  UnitPool(const UnitPool&) = delete;
  UnitPool& operator=(const UnitPool&) = delete;

  /// As Dispatcher::OpenStreams(). `door`: where the streams push to.
  base::Result<std::vector<std::shared_ptr<UnitStream>>> Open(
      UnitDoor& door, int video,
      const std::vector<std::unique_ptr<components::Component>>& components,
      const std::function<bool()>& beat);
  /// Whether `bytes` more are above BatchingOptions::unit_bytes. With nothing in the pool all fits.
  bool Full(int64_t bytes) const;
  /// A source waits for room, or no longer: it then adds to none of its keys.
  void SetBlocked(int video, bool blocked);
  /// One unit of a stream that still takes them.
  void Add(UnitStream& stream, components::Bytes data);
  void Close(UnitStream& stream);
  void Fail(UnitStream& stream, const contracts::Fault& fault);
  /// The video failed or starts over: nothing of what it has pushed will run any more.
  void Abandon(int video);
  /// In state WaitingForUnits: no more units come.
  void Await(std::shared_ptr<Video> video);
  /// Videos whose units are all back since the last call, in state Concluding.
  std::vector<std::shared_ptr<Video>> TakeComplete() { return std::exchange(complete_, {}); }
  size_t awaiting() const { return awaiting_.size(); }

  /// The ledger has launched a batch.
  void Launch(planning::LaunchBatch launch);
  /// A batch for this device, told to `lane`. None: nothing now.
  std::optional<BatchWork> Take(int device, int lane);
  BatchReport Settle(BatchWork work, BatchResult result);
  /// As Dispatcher::GiveUp().
  BatchReport GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                     std::vector<components::Bytes>& kept);

  int64_t bytes() const { return bytes_; }

 private:
  base::Result<int> KeyOf(const contracts::BatchKey& key, const BatchModel& model);
  void FailKey(int key, const contracts::Fault& fault);
  /// `place`: in UnitStream::units.
  void Free(UnitStream& stream, size_t place);
  void FreeAllButInFlight(UnitStream& stream);
  void HandOverIfComplete(int rank);
  void Describe(BatchWork& work, int lane) const;
  void Deliver(BatchWork& work, std::vector<components::UnitOutput> outputs);
  void TellFailure(BatchWork& work, const contracts::BatchFailure& failure,
                   const planning::AfterFailure& after);

  const BatchingOptions& options_;
  planning::Ledger& ledger_;
  const base::Clock& clock_;
  std::map<contracts::BatchKey, int> keys_;
  std::vector<const BatchModel*> models_;       // by key
  std::vector<contracts::BatchKey> key_names_;  // by key
  std::map<std::pair<int, int>, std::shared_ptr<UnitStream>>
      streams_;                                     // live ones by key and video
  std::map<std::pair<int, int>, int> next_unit_;    // of videos that have started over
  std::map<int, std::shared_ptr<Video>> awaiting_;  // whose units are not all back, by rank
  std::vector<std::shared_ptr<Video>> complete_;    // not taken
  std::vector<std::deque<BatchWork>> batches_;      // launched, not taken, by device
  std::map<int, contracts::Fault> stopped_keys_;    // why
  int64_t bytes_ = 0;
  int64_t stalls_ = 0;
};

}  // namespace reelbatch::runtime
