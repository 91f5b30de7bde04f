#pragma once

#include <string>

#include "contracts/event_list.h"
#include "store/exports/export_clock.h"

namespace reelbatch::store {

/// An OpenTimelineIO timeline (`Timeline.1`) with one video track: a clip per shot that references
/// the media. Times count frames of the clock's rate; media and timeline start where the source's
/// own timecode does, else at 0. What must be known about the rate is the timeline's metadata,
/// "reelbatch": "frame_rate". `clock` is one of Counting::kAnyRate.
std::string CutsOtio(const contracts::EventList& record, const ExportClock& clock);

}  // namespace reelbatch::store
