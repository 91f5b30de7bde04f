#pragma once

#include <functional>

#include "base/mutex.h"

namespace reelbatch::runtime {

/// Separates the batches of one model from its restarts: a restart waits for the running batches
/// and stops new ones.
/// Threads: any.
class ModelGate {
 public:
  /// Call it before a batch; waits while the model restarts. Returns the number of restarts so far.
  int Enter() EXCLUDES(mutex_);
  /// Call it after the batch.
  void Leave() EXCLUDES(mutex_);
  /// Restarts the model, unless it was restarted after the batch that requests it has entered:
  /// `entered` is the value that Enter() returned then. Call it after Leave(). Returns when it is
  /// done.
  void Restart(int entered, const std::function<void()>& restart) EXCLUDES(mutex_);
  /// A restart stops new batches.
  bool restarting() const EXCLUDES(mutex_);

 private:
  void EndRestart() EXCLUDES(mutex_);

  mutable base::Mutex mutex_;
  base::ConditionVariable changed_;
  int running_ GUARDED_BY(mutex_) = 0;
  int restarts_ GUARDED_BY(mutex_) = 0;
  bool restarting_ GUARDED_BY(mutex_) = false;
};

}  // namespace reelbatch::runtime
