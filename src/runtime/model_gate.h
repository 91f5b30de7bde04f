#pragma once

#include <functional>

#include "base/mutex.h"

namespace reelbatch::runtime {

/// Keeps the batches of one model and its restarts apart: a restart waits for the batches that run
/// and holds up those that would begin. Threads: any.
class ModelGate {
 public:
  /// Before a batch; waits while the model restarts. How often it has restarted so far.
  int Enter() EXCLUDES(mutex_);
  /// After it.
  void Leave() EXCLUDES(mutex_);
  /// Restarts the model, unless it has been since the batch that asks for it entered: `entered` is
  /// what Enter() said then. After Leave(). Returns when it is done.
  void Restart(int entered, const std::function<void()>& restart) EXCLUDES(mutex_);
  /// A restart holds up the batches that would begin.
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
