#pragma once

#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "contracts/outcome.h"
#include "runtime/active_videos.h"
#include "runtime/eta.h"
#include "runtime/run_sink.h"

namespace reelbatch::runtime {

/// Adds up how far the run is and tells the observer, which is called by one thread at a time.
/// Threads: any.
class ProgressBoard {
 public:
  /// `observer` may be null; all must outlive the board.
  ProgressBoard(int videos_total, RunObserver* observer, ActiveVideos& active,
                const base::Clock& clock);

  /// A video of `media_s` seconds has to be done.
  void Plan(double media_s) EXCLUDES(mutex_);
  /// A video is finished: `job` leaves the active ones. `media_s` is what was planned for it.
  /// A lane begins to decode, and has decoded or committed, a video: see RunObserver.
  void TellDecode(const VideoJob& job, base::Nanoseconds now) EXCLUDES(observer_mutex_);
  void TellStretch(const LaneStretch& stretch) EXCLUDES(observer_mutex_);
  void Finish(const VideoJob& job, const contracts::VideoOutcome& outcome, double media_s)
      EXCLUDES(mutex_, observer_mutex_);
  /// Why the observer was switched off; empty where it was not.
  std::string observer_error() EXCLUDES(observer_mutex_);
  /// Tells the observer where the run is, now.
  void Tell(bool all_planned) EXCLUDES(mutex_, observer_mutex_);

  Progress Now(bool all_planned) EXCLUDES(mutex_);

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
  EtaEstimator eta_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::runtime
