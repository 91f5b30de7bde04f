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

/// The waiting units of one key, in the order of arrival. Units of one video arrive in the
/// order of their index.
///
/// With `in_order`, a unit needs the state of the unit before it: at most one unit of a video
/// can leave, and the next only after Release(). Time: operations at the front do not depend on
/// the number of waiting units.
/// Threads: none; a plain value.
class UnitQueue {
 public:
  explicit UnitQueue(bool in_order = false) : in_order_(in_order) {}

  bool in_order() const { return in_order_; }
  /// Adds units `first` to `first + count` (half open) of a video at the end.
  void Push(int video, int first, int count, base::Nanoseconds now);
  int64_t size() const { return size_; }
  /// The waiting units of one video.
  int64_t size(int video) const;

  /// The arrival of the oldest unit that can leave; none: no unit can.
  std::optional<base::Nanoseconds> oldest() const;

  struct FrontVideo {
    int video = 0;
    int64_t units = 0;  // that can leave
  };
  /// The videos of the next batch: those whose units wait longest, at most `most`, oldest first.
  std::vector<FrontVideo> Front(int most) const;
  /// Whether more videos than `most` have units that can leave.
  bool HasMoreVideosThan(int most) const { return std::cmp_greater(order_.size(), most); }

  /// The first `units` units of the videos of Front(most_videos), in the order of arrival,
  /// then sorted by video and index. Fewer if there are fewer.
  std::vector<contracts::UnitId> Select(int units, int most_videos) const;
  /// Removes the units that Select() has just returned.
  void Remove(std::span<const contracts::UnitId> units);
  /// In order: the unit of the video has its result, so the next may leave.
  void Release(int video);
  /// Removes the waiting units of a video. Returns their number.
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
