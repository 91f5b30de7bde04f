#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

/// The videos that lanes work on, for the watchdog and the progress bar. Threads: any.
class ActiveVideos {
 public:
  struct Active {
    std::shared_ptr<Video> video;
    std::optional<double> decoding_s;  // duration to decode, seconds; none: it is probed
  };
  void Add(Active active) EXCLUDES(mutex_);
  /// A video that was already removed is ignored.
  void Remove(const Video& video) EXCLUDES(mutex_);
  std::vector<Active> Snapshot() const EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  std::vector<Active> videos_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::runtime
