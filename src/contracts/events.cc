#include "contracts/events.h"

#include <algorithm>

namespace reelbatch::contracts {

std::string_view EventTypeName(EventType type) {
  switch (type) {
    case EventType::kHard:
      return "hard";
    case EventType::kFadeIn:
      return "fade_in";
    case EventType::kFadeOut:
      return "fade_out";
    case EventType::kDissolve:
      return "dissolve";
    case EventType::kMotion:
      return "motion";
    case EventType::kWhipPan:
      return "whip_pan";
    case EventType::kZoom:
      return "zoom";
    case EventType::kSpeedRamp:
      return "speed_ramp";
    case EventType::kJump:
      return "jump";
    case EventType::kWipe:
      return "wipe";
    case EventType::kFadeThrough:
      return "fade_through";
  }
  return "hard";
}

bool IsObservation(EventType type) {
  switch (type) {
    case EventType::kMotion:
    case EventType::kWhipPan:
    case EventType::kZoom:
    case EventType::kSpeedRamp:
      return true;
    default:
      return false;
  }
}

int64_t CountCuts(const std::vector<Event>& events) {
  return std::ranges::count_if(events, &Event::splits);
}

}  // namespace reelbatch::contracts
