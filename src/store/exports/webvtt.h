#pragma once

#include <string>

#include "contracts/event_list.h"

namespace reelbatch::store {

/// A WebVTT chapter track: a cue per shot, from the file's first frame. Shots shorter than a
/// millisecond are left out, because a cue must end after it starts.
std::string CutsWebVtt(const contracts::EventList& record);

}  // namespace reelbatch::store
