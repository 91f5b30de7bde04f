#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "contracts/outcome.h"
#include "planning/total_estimate.h"
#include "runtime/active_videos.h"
#include "runtime/eta.h"
#include "runtime/run_sink.h"

namespace reelbatch::runtime {

/// Adds up how far the run is and tells the observer, which is called by one thread at a time.
/// Threads: any.
class ProgressBoard {
 public:
  /// `observer` may be null; all must outlive the board.
  ProgressBoard(RunObserver* observer, ActiveVideos& active, const base::Clock& clock);

  /// More inputs are known, by their size.
  void Add(const std::vector<Input>& inputs) EXCLUDES(mutex_);
  /// A video of `media_s` seconds has to be done.
  void Plan(const Input& input, double media_s) EXCLUDES(mutex_);
  /// A lane begins to decode, and has decoded or committed, a video: see RunObserver.
  void TellDecode(const Video& video, base::Nanoseconds now) EXCLUDES(observer_mutex_);
  void TellStretch(const LaneStretch& stretch) EXCLUDES(observer_mutex_);
  /// A video is finished and leaves the active ones. `media_s`: what was planned for it; none: it
  /// was not.
  void Finish(const Video& video, const contracts::VideoOutcome& outcome,
              std::optional<double> media_s) EXCLUDES(mutex_, observer_mutex_);
  /// Why the observer was switched off; empty where it was not.
  std::string observer_error() EXCLUDES(observer_mutex_);
  /// Tells the observer where the run is, now.
  void Tell() EXCLUDES(mutex_, observer_mutex_);

  Progress Now() EXCLUDES(mutex_);

 private:
  /// Calls the observer; one that throws is not called again.
  template <class F>
  void Observe(F&& call) EXCLUDES(observer_mutex_);

  base::Mutex observer_mutex_;  // taken before mutex_
  std::string observer_error_ GUARDED_BY(observer_mutex_);
  RunObserver* observer_ GUARDED_BY(observer_mutex_);
  ActiveVideos& active_;
  const base::Clock& clock_;
  const base::Nanoseconds started_;
  base::Mutex mutex_;
  Progress finished_ GUARDED_BY(mutex_);  // without the running videos
  planning::TotalEstimate total_ GUARDED_BY(mutex_);
  double skipped_s_ GUARDED_BY(mutex_) = 0;  // of what was planned, that need not be done
  EtaEstimator eta_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::runtime
