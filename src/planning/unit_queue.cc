#include "planning/unit_queue.h"

#include <algorithm>
#include <iterator>

namespace reelbatch::planning {

using contracts::UnitId;

void UnitQueue::Push(int video, int first, int count, base::Nanoseconds now) {
  if (count <= 0) return;
  Waiting& waiting = videos_[video];
  const bool was_empty = waiting.units == 0;
  waiting.runs.push_back({.first = first, .count = count, .came = now, .turn = next_turn_});
  next_turn_ += count;
  waiting.units += count;
  size_ += count;
  if (was_empty && !waiting.busy) Enter(video, waiting);
}

int64_t UnitQueue::size(int video) const {
  const auto place = videos_.find(video);
  return place == videos_.end() ? 0 : place->second.units;
}

std::optional<base::Nanoseconds> UnitQueue::oldest() const {
  if (order_.empty()) return std::nullopt;
  return videos_.at(order_.begin()->second).runs.front().came;
}

std::vector<UnitQueue::FrontVideo> UnitQueue::Front(int most) const {
  std::vector<FrontVideo> front;
  for (auto place = order_.begin(); place != order_.end() && std::cmp_less(front.size(), most);
       ++place) {
    front.push_back({.video = place->second, .units = CanLeave(videos_.at(place->second))});
  }
  return front;
}

std::vector<UnitId> UnitQueue::Select(int units, int most_videos) const {
  struct Cursor {
    int video = 0;
    std::deque<Run>::const_iterator run;
    std::deque<Run>::const_iterator end;
  };
  std::vector<Cursor> cursors;
  for (const FrontVideo& front : Front(most_videos)) {
    const std::deque<Run>& runs = videos_.at(front.video).runs;
    cursors.push_back({.video = front.video, .run = runs.begin(), .end = runs.end()});
  }
  std::vector<UnitId> selected;
  selected.reserve(static_cast<size_t>(std::max(0, units)));
  while (std::cmp_less(selected.size(), units) && !cursors.empty()) {
    const auto next = std::ranges::min_element(
        cursors, {}, [](const Cursor& cursor) { return cursor.run->turn; });
    const int wanted = units - static_cast<int>(selected.size());
    const int taken = in_order_ ? 1 : std::min(wanted, next->run->count);
    for (int k = 0; k < taken; ++k)
      selected.push_back({.video = next->video, .index = next->run->first + k});
    ++next->run;
    if (in_order_ || next->run == next->end) cursors.erase(next);
  }
  std::ranges::sort(selected);
  return selected;
}

void UnitQueue::Remove(std::span<const UnitId> units) {
  for (size_t begin = 0; begin < units.size();) {
    const int video = units[begin].video;
    size_t end = begin;
    while (end < units.size() && units[end].video == video) ++end;
    auto count = static_cast<int>(end - begin);
    const auto place = videos_.find(video);
    Waiting& waiting = place->second;
    Leave(video, waiting);
    size_ -= count;
    waiting.units -= count;
    while (count > 0) {
      Run& run = waiting.runs.front();
      const int taken = std::min(count, run.count);
      run.first += taken;
      run.count -= taken;
      run.turn += taken;
      count -= taken;
      if (run.count == 0) waiting.runs.pop_front();
    }
    waiting.busy = in_order_;
    if (waiting.units > 0 && !waiting.busy) Enter(video, waiting);
    if (waiting.units == 0 && !waiting.busy) videos_.erase(place);
    begin = end;
  }
}

void UnitQueue::Release(int video) {
  const auto place = videos_.find(video);
  if (place == videos_.end() || !place->second.busy) return;
  place->second.busy = false;
  if (place->second.units > 0) {
    Enter(video, place->second);
  } else {
    videos_.erase(place);
  }
}

int64_t UnitQueue::DropVideo(int video) {
  const auto place = videos_.find(video);
  if (place == videos_.end()) return 0;
  Waiting& waiting = place->second;
  const int64_t dropped = waiting.units;
  if (dropped > 0 && !waiting.busy) Leave(video, waiting);
  size_ -= dropped;
  if (waiting.busy) {
    waiting.runs.clear();
    waiting.units = 0;
  } else {
    videos_.erase(place);
  }
  return dropped;
}

}  // namespace reelbatch::planning
