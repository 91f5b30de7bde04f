#pragma once

#include <cstddef>

#include "contracts/events.h"

namespace reelbatch::components {

/// One event by its places on the timeline, whichever part found it.
struct Finding {
  contracts::EventType type = contracts::EventType::kHard;
  size_t start = 0;   // last frame wholly of the old shot
  size_t middle = 0;  // first frame of the new one of a cut, the middle of anything else; above 0
  size_t end = 0;     // first frame wholly of the new shot
  float confidence = 0;
  float strength = 0;
  contracts::Evidence evidence;
  bool splits = true;
};

}  // namespace reelbatch::components
