#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace reelbatch::planning {

/// A video that a source lane would decode, with everything that runs per video on the same lane.
struct VideoTask {
  int video = 0;
  double ms = 0;       // expected CPU time; longest first
  double fast_ms = 0;  // the same with preset fast; 0: preset fast is no choice for it
  double mb = 0;       // that it holds while it is in flight
  int cores = 1;
  bool second_pass = false;  // it was in flight before, and goes on with what it seeks in its file
  int feeds = kNone;         // the keys it adds units to, see Ledger::AddFeeds()

  static constexpr int kNone = -1;
  static constexpr int kNotKnown = -2;  // until Ledger::SetFeeds(): it may add to any key
};

/// Videos that wait: second passes first, so that videos end before others begin and only so many
/// are at hand; then longest first; of equal ones the smaller number first. Threads: none; a plain
/// value.
class VideoQueue {
 public:
  void Push(const VideoTask& task) {
    waiting_.insert(task);
    ms_ += task.ms;
  }
  /// By value: what is taken out is often front().
  void Remove(VideoTask task) {
    if (waiting_.erase(task) > 0) ms_ -= task.ms;
  }
  bool empty() const { return waiting_.empty(); }
  int64_t size() const { return static_cast<int64_t>(waiting_.size()); }
  /// The next one; null: none waits.
  const VideoTask* front() const { return waiting_.empty() ? nullptr : &*waiting_.begin(); }
  /// Sum of VideoTask::ms of all that wait.
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
