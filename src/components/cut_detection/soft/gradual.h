#pragma once

#include <cstddef>

#include "contracts/events.h"

namespace reelbatch::components::soft {

/// A gradual transition on the timeline: `start` is the last frame wholly of the old shot, `end`
/// the first wholly of the new one; at the ends of a video the first and the last flat frame.
struct Gradual {
  contracts::EventType type = contracts::EventType::kDissolve;
  size_t start = 0;
  size_t end = 0;
  float confidence = 0;  // 0..1
  float strength = 0;    // 1 at the threshold, 2 for the most certain
  bool splits = true;    // false: a fade at an end of the video, where no shot meets another
};

}  // namespace reelbatch::components::soft
