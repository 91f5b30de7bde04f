#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "planning/ledger.h"
#include "runtime/batching.h"
#include "runtime/run_sink.h"
#include "runtime/source_queue.h"
#include "runtime/unit_pool.h"
#include "runtime/unit_stream.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

/// Hands all work of a run to its threads: probes, videos and their conclusions to source lanes,
/// micro-batches to executors. The ledger decides by numbers; SourceQueue and UnitPool keep the
/// videos and units that these stand for. This is their lock and their clock. Threads: any.
class Dispatcher final : public UnitReceiver {
 public:
  struct Options {
    int lanes = 1;                 // source lanes
    int64_t max_memory_bytes = 0;  // of videos in flight; 0: no bound
    BatchingOptions batching = {};
  };
  Dispatcher(Options options, const base::Clock& clock);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// More inputs, whose ids and ranks no earlier one has.
  void Add(std::vector<Input> inputs) EXCLUDES(mutex_);
  /// No more inputs will be added.
  void Close() EXCLUDES(mutex_);

  // For source lanes.

  /// Waits for something to do: a video in state Probing, Admitted or Concluding. Null: every input
  /// is finished and no more come, or stopped. Idle lanes stay until then, because what is left of
  /// a lane that is given up, or of a video whose units come back, needs someone to commit it.
  std::shared_ptr<Video> Take() EXCLUDES(mutex_);
  /// A video for later, in state Probed, WaitingForUnits (no more units come: it is given out again
  /// when all are back) or Concluding.
  void Put(std::shared_ptr<Video> video) EXCLUDES(mutex_);
  /// A video in flight holds so many bytes instead. False, and nothing changed: they are not there.
  bool SetBytes(const Input& input, int64_t bytes) EXCLUDES(mutex_);
  /// One input is finished for good.
  void Finish() EXCLUDES(mutex_);
  void Stop() EXCLUDES(mutex_);

  /// Inputs not finished, those in flight included.
  int64_t left() const EXCLUDES(mutex_);
  int64_t most_bytes() const EXCLUDES(mutex_);

  // Units of a video in flight.

  /// The units of a video's components. From then on batches of their keys wait for this video.
  /// Errors: internal (a stage without a model or a feeder), not_measured (what its batches cost),
  /// cancelled (`pusher.beat` says so).
  base::Result<VideoUnits> OpenUnits(
      const Input& input, const std::vector<std::unique_ptr<components::Component>>& components,
      const Pusher& pusher) EXCLUDES(mutex_);
  bool Push(UnitStream& stream, components::Bytes data, components::Bytes kept) override
      EXCLUDES(mutex_);
  /// Another thread pushes from now on.
  void SetPusher(ComponentUnits& units, const Pusher& pusher) EXCLUDES(mutex_);
  /// The component has no more units from there, while its video goes on. False: the run stops, and
  /// some may have been refused.
  bool CloseUnits(ComponentUnits& units, components::UnitsFrom from) EXCLUDES(mutex_);
  /// The component has failed: nothing of what it has pushed is wanted any more.
  void FailUnits(ComponentUnits& units, const contracts::Fault& fault) EXCLUDES(mutex_);
  /// Once, when all units of the component have ended. None: some have not, or the run stops, and
  /// some may have been refused.
  std::optional<EndedUnits> TakeEnded(ComponentUnits& units) EXCLUDES(mutex_);
  /// What the components of a video push from now on; let go of, nothing of it will run any more.
  Lease UnitsOf(const Input& input);

  // For executors.

  /// Waits for a batch on a device. Nothing: all is finished, or stopped.
  std::optional<BatchWork> TakeBatch(int device, int lane) EXCLUDES(mutex_);
  /// Waits for a result that gives units to a later stage. Nothing: all is finished, or stopped.
  std::optional<FeedWork> TakeFeed() EXCLUDES(mutex_);
  /// What became of it. `fed`: what the feeder said.
  void SettleFeed(const FeedWork& work, const base::Status& fed) EXCLUDES(mutex_);

  /// What became of it.
  BatchReport Settle(BatchWork work, BatchResult result) EXCLUDES(mutex_);
  /// Of a batch whose model does not come back: fails. What its model may still read is moved to
  /// `kept`, which outlives it.
  BatchReport GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                     std::vector<components::Bytes>& kept) EXCLUDES(mutex_);

 private:
  /// Videos that wait for their units, at least, before sources wait for them.
  static constexpr int kMostAwaiting = 16;

  /// Asks the ledger and gives out what it launches.
  void Act() REQUIRES(mutex_);
  /// What frames and units hold of the RAM, batches cannot have; what frames hold of
  /// max_memory_bytes, units cannot have, and the other way round.
  void ShareMemory() REQUIRES(mutex_);
  /// Takes note of what videos, units and batches are expected to hold by now.
  void NoteMemory() REQUIRES(mutex_);
  void EndProbe(const Input& input) EXCLUDES(mutex_);
  /// The memory and the place of a video that was given out to decode are free.
  void EndSource(int rank) EXCLUDES(mutex_);
  void Abandon(int rank) EXCLUDES(mutex_);
  bool Over() const REQUIRES(mutex_) { return stopped_ || sources_.finished(); }

  const Options options_;
  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  base::ConditionVariable changed_;
  planning::Ledger ledger_ GUARDED_BY(mutex_);
  SourceQueue sources_ GUARDED_BY(mutex_);
  UnitPool units_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  bool can_feed_ GUARDED_BY(mutex_) = false;  // and feeders know it
  int64_t most_bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::runtime
