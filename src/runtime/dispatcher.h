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

/// Gives all work of a run to its threads: probes, videos and their conclusions to decode lanes,
/// batches to executor lanes. The ledger decides by numbers; SourceQueue and UnitPool have the
/// videos and units for these numbers. The dispatcher is their lock and their clock.
/// Threads: any.
class Dispatcher final : public UnitReceiver {
 public:
  struct Options {
    int lanes = 1;                 // decode lanes
    int64_t max_memory_bytes = 0;  // for videos in flight; 0: no limit
    BatchingOptions batching = {};
  };
  Dispatcher(Options options, const base::Clock& clock);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Adds inputs, whose ids and ranks are new.
  void Add(std::vector<Input> inputs) EXCLUDES(mutex_);
  /// Ends the input.
  void Close() EXCLUDES(mutex_);

  // For decode lanes.

  /// Waits for work: a video in state Probing, Admitted or Concluding. Null: every input
  /// is finished and the input has ended, or the run stops. Idle lanes stay until then, because the
  /// rest of a lane that is given up, or of a video whose units have results, needs a thread to
  /// commit it.
  std::shared_ptr<Video> Take() EXCLUDES(mutex_);
  /// Returns a video for later, in state Probed, WaitingForUnits (no more units come: it is given
  /// out again when all have results) or Concluding.
  void Put(std::shared_ptr<Video> video) EXCLUDES(mutex_);
  /// A video in flight now needs this many bytes. False, and nothing changed: they are not
  /// available.
  bool SetBytes(const Input& input, int64_t bytes) EXCLUDES(mutex_);
  /// One input is finished.
  void Finish() EXCLUDES(mutex_);
  void Stop() EXCLUDES(mutex_);

  /// Inputs that are not finished, including those in flight.
  int64_t left() const EXCLUDES(mutex_);
  int64_t most_bytes() const EXCLUDES(mutex_);

  // Units of a video in flight.

  /// Opens the units of a video's components. From then on, batches of their keys wait for this
  /// video. Errors: internal (a stage without a model or a feeder), not_measured (the cost of its
  /// batches), cancelled (because of `pusher.beat`).
  base::Result<VideoUnits> OpenUnits(
      const Input& input, const std::vector<std::unique_ptr<components::Component>>& components,
      const Pusher& pusher) EXCLUDES(mutex_);
  bool Push(UnitStream& stream, components::Bytes data, components::Bytes kept) override
      EXCLUDES(mutex_);
  /// Another thread pushes from now on.
  void SetPusher(ComponentUnits& units, const Pusher& pusher) EXCLUDES(mutex_);
  /// The component has no more units of this stage, while its video continues. False: the run
  /// stops, and some units may have been refused.
  bool CloseUnits(ComponentUnits& units, components::UnitsFrom from) EXCLUDES(mutex_);
  /// The component has failed: its units are no longer needed.
  void FailUnits(ComponentUnits& units, const contracts::Fault& fault) EXCLUDES(mutex_);
  /// Call it once, when all units of the component have ended. None: some have not, or the run
  /// stops, and some may have been refused.
  std::optional<EndedUnits> TakeEnded(ComponentUnits& units) EXCLUDES(mutex_);
  /// Holds the units that the components of a video push from now on; when released, none of them
  /// will run.
  Lease UnitsOf(const Input& input);

  // For executor lanes.

  /// Waits for a batch on a device. Not set: all work is finished, or the run stops.
  std::optional<BatchWork> TakeBatch(int device, int lane) EXCLUDES(mutex_);
  /// Waits for a result from which units of a later stage are made. Not set: all work is finished,
  /// or the run stops.
  std::optional<FeedWork> TakeFeed() EXCLUDES(mutex_);
  /// The feeder has ended. `fed`: its status.
  void SettleFeed(const FeedWork& work, const base::Status& fed) EXCLUDES(mutex_);

  /// The batch has ended.
  BatchReport Settle(BatchWork work, BatchResult result) EXCLUDES(mutex_);
  /// A batch whose model does not return fails. Data that the model may still read is moved to
  /// `kept`, which outlives it.
  BatchReport GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                     std::vector<components::Bytes>& kept) EXCLUDES(mutex_);

 private:
  /// The minimum number of videos that wait for their units before sources wait for them.
  static constexpr int kMostAwaiting = 16;

  /// Asks the ledger, and gives out the work that it starts.
  void Act() REQUIRES(mutex_);
  /// Batches cannot use the RAM of frames and units; units cannot use the part of
  /// max_memory_bytes that frames use, and the other way round.
  void ShareMemory() REQUIRES(mutex_);
  /// Records the predicted memory of videos, units and batches.
  void NoteMemory() REQUIRES(mutex_);
  void EndProbe(const Input& input) EXCLUDES(mutex_);
  /// Frees the memory and the place of a video that was given out to decode.
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
  bool can_feed_ GUARDED_BY(mutex_) = false;  // and feeder threads were told
  int64_t most_bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::runtime
