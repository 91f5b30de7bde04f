#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "contracts/batch_failure.h"
#include "planning/decide.h"
#include "planning/failure_policy.h"
#include "planning/learned_limit.h"
#include "planning/unit_flow.h"

namespace reelbatch::planning {

/// The properties of a key.
struct LedgerKey {
  int device = 0;
  int model = -1;  // keys of one model share its fixed memory; -1: it has its own model
  BatchCost cost = {};
  bool in_order = false;
  LearnedLimit limit = {};
};

/// The number of units of a key by state. added = queued + in flight + to retry + done + failed +
/// dropped, always.
struct UnitCounts {
  int64_t added = 0;
  int64_t queued = 0;
  int64_t in_flight = 0;
  int64_t to_retry = 0;
  int64_t done = 0;
  int64_t failed = 0;   // no attempts left, or the key stopped
  int64_t dropped = 0;  // their video failed elsewhere
  friend bool operator==(const UnitCounts&, const UnitCounts&) = default;
};

/// Keeps account of all work of a run: what waits, what runs, what is finished. Events go in,
/// decisions come out; time is an argument. The runtime, the simulator and `plan` use
/// the same ledger, so they decide in the same way.
///
/// Threads: none; the runtime holds its lock. No I/O, no clock.
class Ledger {
 public:
  struct Lanes {
    int cores = 1;    // for sources
    int device = -1;  // whose memory they use; -1: memory does not matter
  };
  Ledger(Policy policy, std::vector<DeviceState> devices, Lanes lanes);

  /// Returns the number of the key.
  int AddKey(LedgerKey key);

  /// The keys to which a video adds units while it runs; returns the number for VideoTask::feeds.
  int AddFeeds(std::vector<int> keys);
  /// A video waits for a lane. Its start opens the keys to which it adds units.
  void AddVideo(const VideoTask& task) { waiting_.Push(task); }
  /// The predicted time of videos that are not added yet, for the deadline.
  void SetUnseenMs(double ms) { unseen_ms_ = ms; }
  /// A video in flight that was started with VideoTask::kNotKnown adds units to exactly these keys.
  void SetFeeds(int video, const std::vector<int>& keys);
  /// Whether a video in flight that was started with VideoTask::kNotKnown pauses before its keys
  /// are known: until then it adds no units.
  void SetHeldUp(int video, bool held_up);
  /// A video in flight now needs this memory instead of VideoTask::mb. False, and nothing changed:
  /// it does not fit.
  bool SetVideoMb(int video, double mb);
  /// The part of the memory of videos in flight that is reserved for waiting units.
  void SetUnitsMb(double mb);
  /// Its lane is free again. Its open keys stay open.
  void VideoEnded(int video);

  /// From now on, and until Close(), `video` can add units to `key`. The start of a video does this
  /// for the keys of VideoTask::feeds.
  void Open(int key, int video);
  void Close(int key, int video);
  /// Whether an open video waits for memory, and cannot add units until others are processed.
  void SetBlocked(int key, int video, bool blocked);

  /// From now on, units of `to` of this video are made from results of its units of `from`, one
  /// result after the other. Both are open for the video, no unit of `from` was added yet, and
  /// links have no cycle. `to` stays open while `from` is, or while results are missing or not yet
  /// used; then it closes automatically, and so do the keys linked to it. It is blocked while
  /// `from` gives no results without help: `from` is closed or blocked, and all its unfinished
  /// units are results that are held back. Close(to) is final.
  void Link(int from, int to, int video);
  /// Units of `to` are made when all results of `from` are there. The code that adds them closes
  /// it. It is blocked while results of `from` are missing and none comes without help.
  void LinkToEnd(int from, int to, int video);
  /// Results of `count` units of `key` were used: the units made from them were already added.
  /// For every pair that was linked as `from`, at the latest when it has ended.
  void TakenOn(int key, int video, int64_t count);
  /// This many results of `key` wait for memory: until then they add no units to linked
  /// keys.
  void SetHeld(int key, int video, int64_t count);

  /// Adds units [first, first + count). Of a stopped key they count as failed.
  void AddUnits(int key, int video, int first, int count, base::Nanoseconds now);
  /// The video failed elsewhere: its waiting units will not run. Running ones return as
  /// usual. Results for linked keys will not come any more: units that are added later
  /// have higher indices and count from 0.
  void DropVideo(int key, int video);
  /// The same for units [first, first + count) that wait to be retried.
  void DropRetries(int key, int video, int first, int count);

  /// For sources, from now on; running work continues.
  void SetCores(int cores) { lanes_.cores = cores; }
  void SetOthersMb(int device, int64_t others_mb) {
    devices_[static_cast<size_t>(device)].others_mb = others_mb;
  }
  void SetAvailable(int device, bool available) {
    devices_[static_cast<size_t>(device)].available = available;
  }

  /// Decides until nothing more is started; started work counts as in flight from then on. The
  /// result has the last waits.
  std::vector<Decision> Decide(base::Nanoseconds now);

  /// `id`: LaunchBatch::id, in flight; each is settled exactly once.
  void Succeeded(int64_t id);
  /// The units to retry, if any, wait in the ledger. `wall` is for the learned limit.
  AfterFailure Failed(int64_t id, const contracts::BatchFailure& failure, base::Nanoseconds now,
                      base::Nanoseconds wall);

  /// When Decide() may decide differently without an event; kNever: it will not.
  base::Nanoseconds next_wake() const { return next_wake_; }
  bool idle() const { return in_flight_.empty() && running_.empty(); }
  /// No work waits, runs or can come.
  bool finished() const;

  size_t keys() const { return keys_.size(); }
  bool stopped(int key) const { return keys_[static_cast<size_t>(key)].stopped; }
  const LearnedLimit& limit(int key) const { return keys_[static_cast<size_t>(key)].spec.limit; }
  const BatchCost& cost(int key) const { return keys_[static_cast<size_t>(key)].spec.cost; }
  const DeviceState& device(int index) const { return devices_[static_cast<size_t>(index)]; }
  const VideoQueue& waiting_videos() const { return waiting_; }
  int cores_busy() const { return cores_busy_; }
  /// Of all videos in flight.
  double videos_mb() const { return videos_mb_; }
  int64_t queued(int key) const { return keys_[static_cast<size_t>(key)].queue.size(); }
  UnitCounts Counts(int key) const;
  /// Errors in the account; empty: none. For tests and the simulator.
  std::string Audit() const;

 private:
  struct Key {
    LedgerKey spec;
    UnitQueue queue;
    OpenSources sources;
    std::deque<RetryPiece> retries;
    int batches_in_flight = 0;
    bool stopped = false;
    bool worked = false;  // since the executor was last started
    UnitCounts counts;    // queued and to_retry are counted in their queues
  };
  struct InFlight {
    LaunchBatch batch;
    double mb = 0;
  };
  Key& At(int key) { return keys_[static_cast<size_t>(key)]; }
  DeviceState& DeviceOf(const Key& key) { return devices_[static_cast<size_t>(key.spec.device)]; }
  std::vector<Decision> Ask(base::Nanoseconds now);
  void Book(LaunchBatch& launch);
  void Book(const LaunchVideo& launch);
  InFlight Settle(int64_t id);
  void Stop(int number);
  void Apply(int video, const UnitFlow::Changes& changes);
  void Link(const UnitFlow::Edge& edge);
  /// Waiting units of a linked pair, including those to retry.
  int64_t Waiting(UnitFlow::Pair pair) const;
  std::string AuditFlow() const;

  Policy policy_;
  std::vector<DeviceState> devices_;
  Lanes lanes_;
  UnitFlow flow_;
  std::deque<Key> keys_;  // a deque, because snapshots point into it
  VideoQueue waiting_;
  std::unordered_map<int, VideoTask> running_;
  std::set<int> feeds_not_known_;  // of these
  std::set<int> held_up_;          // of those
  int cores_busy_ = 0;
  double unseen_ms_ = 0;
  double videos_mb_ = 0;
  double units_mb_ = 0;
  std::map<int64_t, InFlight> in_flight_;
  std::set<int> loaded_;  // models
  std::vector<std::vector<int>> feeds_;
  int64_t next_id_ = 1;
  base::Nanoseconds next_wake_ = kNever;
};

}  // namespace reelbatch::planning
