#include "runtime/active_videos.h"

#include <utility>

namespace reelbatch::runtime {

void ActiveVideos::Add(std::shared_ptr<VideoJob> job) {
  base::MutexLock lock(mutex_);
  jobs_.push_back(std::move(job));
}

void ActiveVideos::Remove(const VideoJob& job) {
  base::MutexLock lock(mutex_);
  std::erase_if(jobs_, [&](const std::shared_ptr<VideoJob>& each) { return each.get() == &job; });
}

std::vector<std::shared_ptr<VideoJob>> ActiveVideos::Snapshot() const {
  base::MutexLock lock(mutex_);
  return jobs_;
}

}  // namespace reelbatch::runtime
