#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "contracts/outcome.h"
#include "contracts/video.h"
#include "planning/ledger.h"
#include "runtime/batching.h"
#include "runtime/run_sink.h"
#include "runtime/unit_stream.h"

namespace reelbatch::runtime {

/// What a source lane does next. `outcome` set: hand it to the sink (the video of a lane that was
/// given up); `pending` set: the video's units are all back, finish it; `info` set: decode; none:
/// probe.
struct Task {
  Input input;
  std::unique_ptr<contracts::VideoInfo> info;
  std::unique_ptr<contracts::VideoOutcome> outcome;
  std::unique_ptr<PendingVideo> pending;
  bool begun = false;  // RunSink::Begin() was called and did not answer with an outcome
  std::vector<std::string> done = {};  // what it answered: components that are not made
  double work = 0;       // ms where a deadline is to be kept, else pixel seconds: to order by
  double fast_work = 0;  // with preset fast; 0: no choice
  bool fast = false;     // preset fast, because of the deadline
  double media_s = 0;    // of the progress bar's total
  int64_t bytes = 0;     // of a probed video: that it holds with one thread
  int tries = 0;         // admissions so far
};

/// A micro-batch for an executor.
struct BatchWork {
  planning::LaunchBatch launch;
  components::UnitModel* model = nullptr;
  std::vector<std::shared_ptr<UnitStream>> streams;  // by unit
  std::vector<components::UnitInput> inputs;         // by unit; valid until it is settled
  BatchReport report;
};

/// Hands all work of a run to its threads: probes, videos, commits to source lanes, micro-batches
/// to executors. The ledger decides; this is its lock, its clock and what its numbers stand for.
///
/// Note [No barrier between probing and decoding]: videos are handed out once every probe has been
/// handed out, the longest that is known first, while others may still be probing. One container
/// that hangs in its probe so never holds up the rest, and an order that is off by the few videos
/// still being probed costs nothing. Threads: any. `inputs` must outlive it.
class Dispatcher {
 public:
  struct Options {
    int lanes = 1;                 // source lanes
    int64_t max_memory_bytes = 0;  // of videos in flight; 0: no bound
    BatchingOptions batching = {};
  };
  Dispatcher(const std::vector<Input>& inputs, Options options, const base::Clock& clock);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // For source lanes.

  /// Waits for something to do. Nothing: every input is finished, or stopped. Idle lanes stay until
  /// then, because what is left of a lane that is given up, or of a video whose units come back,
  /// needs someone to commit it.
  std::optional<Task> Take() EXCLUDES(mutex_);
  /// A task for later: a probed video, or an outcome to commit.
  void Put(Task task) EXCLUDES(mutex_);
  /// A probe that Take() gave out has ended: its lane is free for a video.
  void EndProbe() EXCLUDES(mutex_);
  /// A video in flight holds so many bytes instead. False, and nothing changed: they are not there.
  bool SetBytes(const Input& input, int64_t bytes) EXCLUDES(mutex_);
  /// A video that Take() gave out to decode is decoded, or has ended otherwise: its memory and its
  /// place are free.
  void EndSource(const Input& input) EXCLUDES(mutex_);
  /// One input is finished for good.
  void Finish() EXCLUDES(mutex_);
  void Stop() EXCLUDES(mutex_);

  /// Inputs not finished, those in flight included.
  int left() const EXCLUDES(mutex_);
  /// Whether every probe has been handed out.
  bool all_probed() const EXCLUDES(mutex_);
  int64_t most_bytes() const EXCLUDES(mutex_);

  // Units of a video in flight.

  /// The streams of a video's components, by component; null for one that is not batched. From then
  /// on batches of their keys wait for this video. `beat`: asked while a push waits. Errors:
  /// internal (a batched component without a model), not_measured (what its batches cost).
  base::Result<std::vector<std::shared_ptr<UnitStream>>> OpenStreams(
      const Input& input, const std::vector<std::unique_ptr<components::Component>>& components,
      const std::function<bool()>& beat) EXCLUDES(mutex_);
  bool Push(UnitStream& stream, components::Bytes data) EXCLUDES(mutex_);
  /// The component that pushes has no more units, while its video goes on.
  void CloseStream(UnitStream& stream) EXCLUDES(mutex_);
  /// The component that pushes has failed: nothing of what it has pushed is wanted any more.
  void FailStream(UnitStream& stream, const contracts::Fault& fault) EXCLUDES(mutex_);
  /// The video failed or starts over: nothing of what it has pushed will run any more.
  void Abandon(const Input& input) EXCLUDES(mutex_);
  /// No more units come. `task`, with `pending` set, is given out when all are back; at once where
  /// they are.
  void Await(Task task) EXCLUDES(mutex_);

  // For executors.

  /// Waits for a batch on a device. Nothing: all is finished, or stopped.
  std::optional<BatchWork> TakeBatch(int device, int lane) EXCLUDES(mutex_);
  /// What became of it.
  BatchReport Settle(
      BatchWork work,
      std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> result)
      EXCLUDES(mutex_);
  /// Of a batch whose model does not come back: fails. What its model may still read is moved to
  /// `kept`, which outlives it.
  BatchReport GiveUp(const BatchWork& work, const contracts::BatchFailure& failure,
                     std::vector<components::Bytes>& kept) EXCLUDES(mutex_);

  const BatchingOptions& batching() const { return options_.batching; }

 private:
  /// Videos that wait for their units, at least, before sources wait for them.
  static constexpr int kMostAwaiting = 16;

  static int Rank(const Input& input) { return input.rank >= 0 ? input.rank : input.id; }
  static double Mb(int64_t bytes);
  /// Asks the ledger and gives out what it launches.
  void Act() REQUIRES(mutex_);
  void Launch(planning::LaunchBatch launch) REQUIRES(mutex_);
  /// What frames and units hold of the RAM, batches cannot have.
  void ShareMemory() REQUIRES(mutex_);
  /// Takes note of what videos, units and batches are expected to hold by now.
  void NoteMemory() REQUIRES(mutex_);
  void ReleaseProbed() REQUIRES(mutex_);
  base::Result<int> KeyOf(const contracts::BatchKey& key, const BatchModel& model) REQUIRES(mutex_);
  void Fail(UnitStream& stream, const contracts::Fault& fault) REQUIRES(mutex_);
  void FailKey(int key, const contracts::Fault& fault) REQUIRES(mutex_);
  void SetBlocked(int video, bool blocked) REQUIRES(mutex_);
  /// `place`: in UnitStream::units.
  void Free(UnitStream& stream, size_t place) REQUIRES(mutex_);
  void FreeAllButInFlight(UnitStream& stream) REQUIRES(mutex_);
  void HandOverIfComplete(int video) REQUIRES(mutex_);
  void Describe(BatchWork& work, int lane) REQUIRES(mutex_);
  BatchReport SettleLocked(
      BatchWork work,
      std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> result)
      REQUIRES(mutex_);
  void Deliver(BatchWork& work, std::vector<components::UnitOutput> outputs) REQUIRES(mutex_);
  void TellFailure(BatchWork& work, const contracts::BatchFailure& failure,
                   const planning::AfterFailure& after) REQUIRES(mutex_);

  const std::vector<Input>& inputs_;
  const Options options_;
  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  base::ConditionVariable changed_;
  planning::Ledger ledger_ GUARDED_BY(mutex_);
  size_t next_probe_ GUARDED_BY(mutex_) = 0;
  int probing_ GUARDED_BY(mutex_) = 0;           // lanes that are in a probe
  std::vector<Task> probed_ GUARDED_BY(mutex_);  // until every probe has been handed out
  std::unordered_map<int, Task> waiting_
      GUARDED_BY(mutex_);  // videos that the ledger has not launched, by rank
  std::deque<Task> launched_ GUARDED_BY(mutex_);  // by the ledger, not taken
  std::deque<Task> commits_ GUARDED_BY(mutex_);
  int left_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  int64_t most_bytes_ GUARDED_BY(mutex_) = 0;

  std::map<contracts::BatchKey, int> keys_ GUARDED_BY(mutex_);
  std::vector<const BatchModel*> models_ GUARDED_BY(mutex_);       // by key
  std::vector<contracts::BatchKey> key_names_ GUARDED_BY(mutex_);  // by key
  std::map<std::pair<int, int>, std::shared_ptr<UnitStream>> streams_
      GUARDED_BY(mutex_);  // live ones by key and video
  std::map<std::pair<int, int>, int> next_unit_
      GUARDED_BY(mutex_);                            // of videos that have started over
  std::map<int, Task> awaiting_ GUARDED_BY(mutex_);  // videos whose units are not all back, by rank
  std::vector<std::deque<BatchWork>> batches_ GUARDED_BY(mutex_);  // launched, not taken, by device
  std::map<int, contracts::Fault> stopped_keys_ GUARDED_BY(mutex_);  // why
  int64_t unit_bytes_ GUARDED_BY(mutex_) = 0;
  int64_t stalls_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::runtime
