#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "contracts/outcome.h"
#include "contracts/video.h"
#include "runtime/run_sink.h"

namespace reelbatch::runtime {

/// What a lane does next. Exactly one of the three kinds: `outcome` set: hand it to the sink (the
/// video of a lane that was given up); `info` set: decode; neither: probe.
struct Task {
  Input input;
  std::unique_ptr<contracts::VideoInfo> info;
  std::unique_ptr<contracts::VideoOutcome> outcome;
  bool begun = false;  // RunSink::Begin() was called and did not answer
  double work = 0;     // pixel seconds, to order by
  double media_s = 0;  // of the progress bar's total
};

/// Hands out the inputs of a run: all probes first, then the longest video that is known.
///
/// Note [No barrier between probing and decoding]: a lane that finds no input left to probe takes
/// the longest one known so far, while others may still be probing. One container that hangs in its
/// probe so never holds up the rest, and an order that is off by the few videos still being probed
/// costs nothing. Threads: any. `inputs` must outlive it.
class WorkList {
 public:
  explicit WorkList(const std::vector<Input>& inputs)
      : inputs_(inputs), left_(static_cast<int>(inputs.size())) {}
  WorkList(const WorkList&) = delete;
  WorkList& operator=(const WorkList&) = delete;

  /// Waits for something to do. Nothing: every input is finished, or stopped. Idle lanes stay until
  /// then, because the outcome of a lane that is given up needs someone to commit it.
  std::optional<Task> Take() EXCLUDES(mutex_);
  /// A task for later: a probed video, or an outcome to commit.
  void Put(Task task) EXCLUDES(mutex_);
  /// One input is finished for good.
  void Finish() EXCLUDES(mutex_);
  void Stop() EXCLUDES(mutex_);

  /// Inputs not finished, those in flight included.
  int left() const EXCLUDES(mutex_);
  /// Whether every probe has been handed out.
  bool all_probed() const EXCLUDES(mutex_);

 private:
  const std::vector<Input>& inputs_;
  mutable base::Mutex mutex_;
  base::ConditionVariable changed_;
  size_t next_probe_ GUARDED_BY(mutex_) = 0;
  std::vector<Task> videos_ GUARDED_BY(mutex_);  // a heap, the longest in front
  std::deque<Task> commits_ GUARDED_BY(mutex_);
  int left_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace reelbatch::runtime
