#pragma once

#include <atomic>

#include "base/mutex.h"
#include "runtime/active_videos.h"
#include "runtime/dispatcher.h"
#include "runtime/fifo_budget.h"
#include "runtime/progress_board.h"
#include "runtime/run.h"

namespace reelbatch::runtime {

/// What the lanes of one run share. Held by shared_ptr: a lane that was given up may come back
/// after Run() has returned. The references are the caller's and are not for such a lane (Note [A
/// lost lane]).
struct RunContext {
  RunContext(const RunOptions& run_options, const RunDependencies& run_dependencies,
             RunSink& run_sink, RunObserver* observer, const base::Clock& run_clock,
             const base::CancelToken& run_cancel);

  /// Ends the run; the first reason counts. Lanes stop at the next frame.
  void Stop(RunEnd reason, base::Error error = {}) EXCLUDES(mutex);
  bool stopping() const { return stopping_flag.load(std::memory_order_acquire); }
  /// As stopping(), and takes notice of the caller's token.
  bool ShouldStop();
  RunEnd end() EXCLUDES(mutex);
  base::Error error() EXCLUDES(mutex);
  /// Tells the batch observer, one report at a time.
  void Tell(void (BatchObserver::*what)(const BatchReport&), const BatchReport& report)
      EXCLUDES(batch_mutex);

  const RunOptions options;  // with the defaults filled in
  const RunDependencies dependencies;
  RunSink& sink;
  const base::Clock& clock;
  const base::CancelToken& cancel;

  FifoBudget permits;
  Dispatcher work;
  ActiveVideos active;
  ProgressBoard board;

 private:
  std::atomic<bool> stopping_flag{false};
  base::Mutex mutex;
  base::Mutex batch_mutex;
  RunEnd end_ GUARDED_BY(mutex) = RunEnd::kFinished;
  base::Error error_ GUARDED_BY(mutex);
};

}  // namespace reelbatch::runtime
