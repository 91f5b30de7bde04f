#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "contracts/video.h"

namespace reelbatch::contracts {

/// Ids are part of the NPZ format. Source: docs/requirements.md, "Event types".
enum class EventType : int16_t {
  kHard = 1,
  kFadeIn = 2,
  kFadeOut = 3,
  kDissolve = 4,
  kMotion = 5,
  kWhipPan = 6,
  kZoom = 7,
  kSpeedRamp = 8,
  kJump = 9,
  kWipe = 101,
  kFadeThrough = 102,
};
inline constexpr std::array kEventTypes = {
    EventType::kHard,   EventType::kFadeIn,  EventType::kFadeOut,     EventType::kDissolve,
    EventType::kMotion, EventType::kWhipPan, EventType::kZoom,        EventType::kSpeedRamp,
    EventType::kJump,   EventType::kWipe,    EventType::kFadeThrough,
};
std::string_view EventTypeName(EventType type);
/// Whip pans, zooms and the like: observed within a shot, they never end one.
bool IsObservation(EventType type);

/// The signals that support an event.
struct Evidence {
  bool hist = false;
  bool ssim = false;
  bool flow = false;
  bool deep = false;
};

/// position = pair_index + 1 on the timeline.
struct Event {
  EventType type = EventType::kHard;
  int pair_index = 0;
  FrameIndex frame = 0;        // first new frame of a hard cut; the middle of a gradual transition
  FrameIndex start_frame = 0;  // last frame that shows only the old shot
  FrameIndex end_frame = 0;    // first frame that shows only the new shot
  double time_s = 0;
  double start_s = 0;
  double end_s = 0;
  float confidence = 0;  // 0..1
  float strength = 0;
  Evidence evidence;
  bool near_decode_error = false;
  bool splits = true;  // a shot ends here: false for observations, and for fades at the start and
                       // end of a file
};

/// The number of events that end a shot: one less than the number of shots.
int64_t CountCuts(const std::vector<Event>& events);

/// Half-open [start_frame, end_frame) of the source; the shots cover the timeline.
struct Shot {
  int index = 0;
  FrameIndex start_frame = 0;
  FrameIndex end_frame = 0;
  double start_s = 0;
  double end_s = 0;
};

}  // namespace reelbatch::contracts
