#include "runtime/work_list.h"

#include <algorithm>
#include <utility>

namespace reelbatch::runtime {
namespace {

/// For std::push_heap, which keeps the largest in front: more work first, then the earlier input.
bool Later(const Task& a, const Task& b) {
  if (a.work != b.work) return a.work < b.work;
  return a.input.id > b.input.id;
}

}  // namespace

std::optional<Task> WorkList::Take() {
  base::MutexLock lock(mutex_);
  while (true) {
    if (stopped_ || left_ == 0) return std::nullopt;
    if (!commits_.empty()) {
      Task task = std::move(commits_.front());
      commits_.pop_front();
      return task;
    }
    if (next_probe_ < inputs_.size()) {
      Task task;
      task.input = inputs_[next_probe_++];
      return task;
    }
    if (!videos_.empty()) {
      std::pop_heap(videos_.begin(), videos_.end(), Later);
      Task task = std::move(videos_.back());
      videos_.pop_back();
      return task;
    }
    changed_.wait(mutex_);
  }
}

void WorkList::Put(Task task) {
  base::MutexLock lock(mutex_);
  if (task.outcome) {
    commits_.push_back(std::move(task));
  } else {
    videos_.push_back(std::move(task));
    std::push_heap(videos_.begin(), videos_.end(), Later);
  }
  changed_.notify_one();
}

void WorkList::Finish() {
  base::MutexLock lock(mutex_);
  if (--left_ == 0) changed_.notify_all();
}

void WorkList::Stop() {
  base::MutexLock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

int WorkList::left() const {
  base::MutexLock lock(mutex_);
  return left_;
}

bool WorkList::all_probed() const {
  base::MutexLock lock(mutex_);
  return next_probe_ >= inputs_.size();
}

}  // namespace reelbatch::runtime
