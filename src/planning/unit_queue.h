#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "contracts/batch.h"

namespace reelbatch::planning {

/// The units of one key that wait, in the order in which they came. Units of one video come in the
/// order of their index.
///
/// With `in_order` a unit carries its video's state on to the next one: at most one unit of a video
/// can leave, and the next only after Release(). Time: what looks at the front does not depend on
/// how many wait. Threads: none; a plain value.
class UnitQueue {
 public:
  explicit UnitQueue(bool in_order = false) : in_order_(in_order) {}

  bool in_order() const { return in_order_; }
  /// Units `first` to `first + count` (half open) of a video, behind all others.
  void Push(int video, int first, int count, base::Nanoseconds now);
  int64_t size() const { return size_; }
  /// Of one video.
  int64_t size(int video) const;

  /// When the oldest unit that can leave came; none: no unit can.
  std::optional<base::Nanoseconds> oldest() const;

  struct FrontVideo {
    int video = 0;
    int64_t units = 0;  // that can leave
  };
  /// The videos of the next batch: those whose units wait longest, at most `most`, oldest first.
  std::vector<FrontVideo> Front(int most) const;
  /// Whether more videos than `most` have units that can leave.
  bool HasMoreVideosThan(int most) const { return std::cmp_greater(order_.size(), most); }

  /// The first `units` units of the videos of Front(most_videos), in the order in which they came,
  /// then sorted by video and index. Fewer where there are fewer.
  std::vector<contracts::UnitId> Select(int units, int most_videos) const;
  /// Takes out what Select() has just answered.
  void Remove(std::span<const contracts::UnitId> units);
  /// In order: the video's unit has come back, the next may leave.
  void Release(int video);
  /// Takes out what waits of a video. Returns how many units that were.
  int64_t DropVideo(int video);

 private:
  struct Run {
    int first = 0;
    int count = 0;
    base::Nanoseconds came{0};
    int64_t turn = 0;  // of its first unit among all that ever came
  };
  struct Waiting {
    std::deque<Run> runs;
    int64_t units = 0;
    bool busy = false;  // in order: a unit of it has left
  };
  int64_t CanLeave(const Waiting& waiting) const { return in_order_ ? 1 : waiting.units; }
  void Enter(int video, const Waiting& waiting) {
    order_.emplace(waiting.runs.front().turn, video);
  }
  void Leave(int video, const Waiting& waiting) {
    order_.erase({waiting.runs.front().turn, video});
  }

  bool in_order_;
  int64_t size_ = 0;
  int64_t next_turn_ = 0;
  std::map<int, Waiting> videos_;
  std::set<std::pair<int64_t, int>>
      order_;  // of the videos that have a unit that can leave, by its turn
};

}  // namespace reelbatch::planning
