#pragma once

#include "contracts/event_list.h"
#include "contracts/video.h"

namespace reelbatch::store {

/// Seconds on a player's clock, which starts with the earliest sound or picture of the file; not
/// below 0.
double PlayerSeconds(const contracts::VideoInfo& info, double pts_s);
/// Of the video that the list is about.
double PlayerSeconds(const contracts::EventList& record, double pts_s);

}  // namespace reelbatch::store
