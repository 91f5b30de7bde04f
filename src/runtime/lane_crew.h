#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <thread>

#include "base/mutex.h"
#include "runtime/run_context.h"

namespace reelbatch::runtime {

/// The threads of a run. Threads: one owner, which is also the watchdog; lanes report their end by
/// themselves.
class LaneCrew {
 public:
  explicit LaneCrew(std::shared_ptr<RunContext> run) : run_(std::move(run)) {}
  /// Joins every lane that was not given up.
  ~LaneCrew();
  LaneCrew(const LaneCrew&) = delete;
  LaneCrew& operator=(const LaneCrew&) = delete;

  /// Starts one lane. Where the system has no thread left the others carry on; without any the run
  /// stops.
  void Start() EXCLUDES(mutex_);
  /// Waits until every lane has ended, at most for `time`. True: ended.
  bool WaitForEnd(std::chrono::milliseconds time) EXCLUDES(mutex_);
  /// Gives up the lane of a video whose watch has just been judged lost: what the video holds comes
  /// back, it gets an outcome, another lane takes its place.
  void GiveUp(Video& video) EXCLUDES(mutex_);

  int given_up() const { return given_up_; }

 private:
  void Ended() EXCLUDES(mutex_);

  const std::shared_ptr<RunContext> run_;
  std::map<int, std::thread> threads_;
  int next_lane_ = 0;
  int given_up_ = 0;
  base::Mutex mutex_;
  base::ConditionVariable ended_;
  int alive_ GUARDED_BY(mutex_) = 0;
};

}  // namespace reelbatch::runtime
