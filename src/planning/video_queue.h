#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace reelbatch::planning {

/// A video for a decode lane, with all work per video in the same lane.
struct VideoTask {
  int video = 0;
  double ms = 0;       // predicted CPU time; longest first
  double fast_ms = 0;  // the same with preset fast; 0: preset fast is not possible
  double mb = 0;       // memory while it is in flight
  int cores = 1;
  bool second_pass =
      false;          // it was in flight before, and continues with the second pass over its file
  int feeds = kNone;  // the keys to which it adds units, see Ledger::AddFeeds()

  static constexpr int kNone = -1;
  static constexpr int kNotKnown = -2;  // until Ledger::SetFeeds(): it may add to any key
};

/// Waiting videos: second passes first, so that videos end before others begin and few
/// are in progress; then longest first; of equal ones the smaller number first.
/// Threads: none; a plain value.
class VideoQueue {
 public:
  void Push(const VideoTask& task) {
    waiting_.insert(task);
    ms_ += task.ms;
  }
  /// By value, because the argument is often front().
  void Remove(VideoTask task) {
    if (waiting_.erase(task) > 0) ms_ -= task.ms;
  }
  bool empty() const { return waiting_.empty(); }
  int64_t size() const { return static_cast<int64_t>(waiting_.size()); }
  /// The next one; null: the queue is empty.
  const VideoTask* front() const { return waiting_.empty() ? nullptr : &*waiting_.begin(); }
  /// Sum of VideoTask::ms of all waiting videos.
  double ms() const { return ms_; }

 private:
  struct ByTurn {
    bool operator()(const VideoTask& a, const VideoTask& b) const {
      if (a.second_pass != b.second_pass) return a.second_pass;
      return a.ms != b.ms ? a.ms > b.ms : a.video < b.video;
    }
  };
  std::set<VideoTask, ByTurn> waiting_;
  double ms_ = 0;
};

}  // namespace reelbatch::planning
