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

/// What a key is to the ledger.
struct LedgerKey {
  int device = 0;
  int model = -1;  // keys of one model share its fixed memory; -1: a model of its own
  BatchCost cost = {};
  bool in_order = false;
  LearnedLimit limit = {};
};

/// Where every unit of a key is. added = queued + in flight + to retry + done + failed + dropped,
/// always.
struct UnitCounts {
  int64_t added = 0;
  int64_t queued = 0;
  int64_t in_flight = 0;
  int64_t to_retry = 0;
  int64_t done = 0;
  int64_t failed = 0;   // ran out of attempts, or the key stopped
  int64_t dropped = 0;  // their video failed elsewhere
  friend bool operator==(const UnitCounts&, const UnitCounts&) = default;
};

/// The account of all work of a run: what waits, what is in flight, what is done. Events go in,
/// decisions come out; time is an argument. The runtime's threads, the simulator and `plan` drive
/// the same ledger, so what they do is the same.
///
/// Threads: none; the runtime holds its lock. No I/O, no clock.
class Ledger {
 public:
  struct Lanes {
    int cores = 1;    // for sources
    int device = -1;  // whose memory they take; -1: memory does not matter
  };
  Ledger(Policy policy, std::vector<DeviceState> devices, Lanes lanes);

  /// The number of the key.
  int AddKey(LedgerKey key);

  /// Keys that a video adds units to while it runs; the number for VideoTask::feeds.
  int AddFeeds(std::vector<int> keys);
  /// A video waits for a lane. Its launch opens the keys that it feeds.
  void AddVideo(const VideoTask& task) { waiting_.Push(task); }
  /// What videos that were not added yet are expected to take, for the deadline.
  void SetUnseenMs(double ms) { unseen_ms_ = ms; }
  /// A video in flight, launched with VideoTask::kNotKnown, turns out to feed just these keys.
  void SetFeeds(int video, const std::vector<int>& keys);
  /// Whether a video in flight, launched with VideoTask::kNotKnown, stands still before its keys
  /// are known: until then it adds to none.
  void SetHeldUp(int video, bool held_up);
  /// A video in flight holds so much instead of VideoTask::mb. False, and nothing changed: that
  /// does not fit.
  bool SetVideoMb(int video, double mb);
  /// What units that wait are to have of the memory of videos in flight: no video gets that.
  void SetUnitsMb(double mb);
  /// Its lane is free again. What it has open stays open.
  void VideoEnded(int video);

  /// From now on, and until Close(), `video` can add units to `key`. A video's launch does so for
  /// what it feeds.
  void Open(int key, int video);
  void Close(int key, int video);
  /// Whether an open video waits for memory and cannot add until units leave.
  void SetBlocked(int key, int video, bool blocked);

  /// From now on units of `to` of this video come from results of its units of `from`, one result
  /// after the other. Both are open for the video, no unit of `from` was added yet, and links make
  /// no circle. `to` stays open while `from` is, or while it has results that are still to come or
  /// to be taken on; then it is closed by itself, and what it feeds in turn. It is blocked while
  /// nothing comes of `from` on its own: `from` is closed or blocked, and all its unfinished units
  /// are results that are held. Close(to) is final.
  void Link(int from, int to, int video);
  /// Units of `to` come when all results of `from` are there. Its adder closes it. It is blocked
  /// while results of `from` are missing and none comes on its own.
  void LinkToEnd(int from, int to, int video);
  /// Results of `count` units of `key` were taken on: the units that they give were added already.
  /// For every pair that was linked as `from`, at the latest when it has ended.
  void TakenOn(int key, int video, int64_t count);
  /// So many results of `key` that came back wait for memory: until then they add nothing to what
  /// it feeds.
  void SetHeld(int key, int video, int64_t count);

  /// Units [first, first + count). Of a stopped key they count as failed.
  void AddUnits(int key, int video, int first, int count, base::Nanoseconds now);
  /// The video failed elsewhere: what waits of it will not run. What is in flight comes back as
  /// ever. What it would give to linked keys does not come any more: units that are added later
  /// have higher indices and count from 0.
  void DropVideo(int key, int video);
  /// The same for units [first, first + count) that wait to run again.
  void DropRetries(int key, int video, int first, int count);

  /// For sources, from now on; what runs goes on.
  void SetCores(int cores) { lanes_.cores = cores; }
  void SetOthersMb(int device, int64_t others_mb) {
    devices_[static_cast<size_t>(device)].others_mb = others_mb;
  }
  void SetAvailable(int device, bool available) {
    devices_[static_cast<size_t>(device)].available = available;
  }

  /// Decides until nothing more is launched; what is launched counts as in flight from then on. The
  /// last waits are in it.
  std::vector<Decision> Decide(base::Nanoseconds now);

  /// `id`: LaunchBatch::id, in flight; each is settled exactly once.
  void Succeeded(int64_t id);
  /// The pieces, if any, wait in the ledger. `wall` is for the learned limit.
  AfterFailure Failed(int64_t id, const contracts::BatchFailure& failure, base::Nanoseconds now,
                      base::Nanoseconds wall);

  /// When Decide() may answer something else without an event; kNever: it will not.
  base::Nanoseconds next_wake() const { return next_wake_; }
  bool idle() const { return in_flight_.empty() && running_.empty(); }
  /// Nothing waits, runs or can come.
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
  /// What is wrong with the account; empty: nothing. For tests and the simulator.
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
    UnitCounts counts;    // queued and to_retry are counted where they wait
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
  /// Units of a linked pair that wait, also to run again.
  int64_t Waiting(UnitFlow::Pair pair) const;
  std::string AuditFlow() const;

  Policy policy_;
  std::vector<DeviceState> devices_;
  Lanes lanes_;
  UnitFlow flow_;
  std::deque<Key> keys_;  // stays where it is: snapshots point into it
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
