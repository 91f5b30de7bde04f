#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "components/batched_component.h"
#include "runtime/model_gate.h"
#include "runtime/run_context.h"
#include "runtime/video_watch.h"

namespace reelbatch::runtime {

/// The threads that run batches, one per lane of each device, and those that feed results to
/// later stages, if there are any.
/// Threads: one owner, which is also the watchdog.
class ExecutorCrew {
 public:
  /// Starts them; without models there are none. If the system cannot start a thread, the run
  /// stops.
  explicit ExecutorCrew(std::shared_ptr<RunContext> run);
  /// Joins those that were not given up: the run must be finished or stopped.
  ~ExecutorCrew();
  ExecutorCrew(const ExecutorCrew&) = delete;
  ExecutorCrew& operator=(const ExecutorCrew&) = delete;

  /// Checks every running batch and every feeder: one that hangs is given up, and another thread
  /// takes its lane. Batches of a model that has a deadline of its own are given up only if the run
  /// stops.
  void Look(base::Nanoseconds elapsed) EXCLUDES(mutex_);
  /// Waits until every thread has ended, at most for `time`. True: all have ended.
  bool WaitForEnd(std::chrono::milliseconds time) EXCLUDES(mutex_);

  int given_up() const { return given_up_; }

 private:
  /// A batch in a model, or a result in a feeder. Held by both threads: a thread that was given
  /// up still reads it.
  struct Job {
    VideoWatch watch;
    bool has_deadline = false;  // of its model
    BatchWork work;  // owned by the thread, or by the watchdog after it has given up the thread
    std::optional<FeedWork> feed;         // instead of `work`
    std::vector<components::Bytes> kept;  // what a model that was given up may still read
  };
  /// Of a lane that feeds results.
  static constexpr int kNoDevice = -1;
  struct Lane {
    Lane(int device_index, int number_of_it) : device(device_index), number(number_of_it) {}
    void Hold(std::shared_ptr<Job> next) EXCLUDES(mutex);
    std::shared_ptr<Job> Held() EXCLUDES(mutex);
    const int device;    // or kNoDevice
    const int number;    // of the device
    std::thread thread;  // the owner's
    base::Mutex mutex;
    std::shared_ptr<Job> job GUARDED_BY(mutex);
  };
  using ModelGates = std::map<const components::UnitModel*, ModelGate>;

  /// False: the thread was given up, and must not use the run.
  static bool RunBatches(RunContext& run, ModelGates& gates, Lane& lane);
  /// The same.
  static bool FeedResults(RunContext& run, Lane& lane);
  void Start(const std::shared_ptr<Lane>& lane) EXCLUDES(mutex_);
  void GiveUpBatch(Job& job);
  std::string StuckText(std::string_view what) const;
  void GiveUp(size_t place, Job& job) EXCLUDES(mutex_);
  void Ended() EXCLUDES(mutex_);

  const std::shared_ptr<RunContext> run_;
  const std::shared_ptr<ModelGates> gates_;
  std::vector<std::shared_ptr<Lane>> lanes_;
  int given_up_ = 0;
  base::Mutex mutex_;
  base::ConditionVariable ended_;
  int alive_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::runtime
