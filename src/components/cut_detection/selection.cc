#include "components/cut_detection/selection.h"

#include <algorithm>
#include <functional>
#include <map>

namespace reelbatch::components {
namespace {

using contracts::Event;

bool ByTime(const Event& a, const Event& b) {
  return a.frame != b.frame ? a.frame < b.frame : a.start_frame < b.start_frame;
}

/// The stretches of frames that are taken. They never overlap.
class Taken {
 public:
  /// False: a part of it is taken already.
  bool Take(const Event& event) {
    const auto after = ends_.upper_bound(event.start_frame);
    if (after != ends_.end() && after->second < event.end_frame) return false;
    ends_[event.end_frame] = event.start_frame;
    return true;
  }

 private:
  std::map<contracts::FrameIndex, contracts::FrameIndex> ends_;  // end of each, and its start
};

template <class Order>
void Bound(std::vector<Event>& events, Order worth) {
  if (events.size() > CutDetectionResult::kMaxEvents) {
    std::ranges::stable_sort(events, std::ranges::greater{}, worth);
    events.resize(CutDetectionResult::kMaxEvents);
  }
  std::ranges::stable_sort(events, ByTime);
}

}  // namespace

Selection Select(std::vector<Event> found, double min_confidence) {
  std::ranges::sort(found, ByTime);
  std::ranges::stable_sort(found, std::ranges::greater{}, &Event::confidence);
  Selection selection;
  Taken taken;
  for (Event& event : found) {
    const bool counts = event.confidence >= static_cast<float>(min_confidence) &&
                        (contracts::IsObservation(event.type) || taken.Take(event));
    (counts ? selection.events : selection.candidates).push_back(event);
  }
  selection.found = selection.events.size();
  Bound(selection.events, &Event::strength);
  Bound(selection.candidates, &Event::confidence);
  return selection;
}

std::vector<contracts::Shot> SplitIntoShots(const contracts::Shot& whole,
                                            const std::vector<Event>& events) {
  std::vector<contracts::Shot> shots;
  contracts::Shot shot = whole;
  shot.index = 0;
  for (const Event& event : events) {
    if (!event.splits) continue;
    shot.end_frame = event.frame;
    shot.end_s = event.time_s;
    shots.push_back(shot);
    ++shot.index;
    shot.start_frame = event.frame;
    shot.start_s = event.time_s;
  }
  shot.end_frame = whole.end_frame;
  shot.end_s = whole.end_s;
  shots.push_back(shot);
  return shots;
}

}  // namespace reelbatch::components
