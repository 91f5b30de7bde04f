#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "contracts/video.h"
#include "runtime/run_sink.h"
#include "runtime/video_watch.h"

namespace reelbatch::runtime {

/// One input in the hands of one lane. The lane writes the plain fields only outside watched
/// stretches; the watchdog reads them only after it has given the lane up: VideoWatch's mutex
/// orders the two.
struct VideoJob {
  Input input;
  std::optional<contracts::VideoInfo> info;  // from the probe
  int lane = 0;
  bool decoding = false;  // else it is being probed or committed
  bool begun = false;
  LoadedWork earlier;  // components that are not made; their results while it is decoded
  double media_s = 0;
  base::Nanoseconds started_wall{0};
  base::Nanoseconds started_steady{0};
  bool probing = false;
  bool admitted = false;  // its memory and its place are taken
  bool permit_held = false;
  VideoWatch watch;
};

/// The videos that lanes work on, for the watchdog and the progress bar. Threads: any.
class ActiveVideos {
 public:
  void Add(std::shared_ptr<VideoJob> job) EXCLUDES(mutex_);
  /// A job that is no longer there is nothing to remove.
  void Remove(const VideoJob& job) EXCLUDES(mutex_);
  std::vector<std::shared_ptr<VideoJob>> Snapshot() const EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  std::vector<std::shared_ptr<VideoJob>> jobs_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::runtime
