#include "runtime/active_videos.h"

#include <utility>

namespace reelbatch::runtime {

void ActiveVideos::Add(Active active) {
  base::MutexLock lock(mutex_);
  videos_.push_back(std::move(active));
}

void ActiveVideos::Remove(const Video& video) {
  base::MutexLock lock(mutex_);
  std::erase_if(videos_, [&](const Active& each) { return each.video.get() == &video; });
}

std::vector<ActiveVideos::Active> ActiveVideos::Snapshot() const {
  base::MutexLock lock(mutex_);
  return videos_;
}

}  // namespace reelbatch::runtime
