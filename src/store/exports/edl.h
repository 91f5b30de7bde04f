#pragma once

#include <string>

#include "contracts/event_list.h"
#include "store/exports/export_clock.h"

namespace reelbatch::store {

/// CMX 3600 edit decision list: one video event per shot. Source and record timecodes are the same,
/// and start where the source's own timecode does. Where several files are one timeline every file
/// has a reel and source timecodes of its own, and a shot that crosses a boundary is one event in
/// each file. Drop frame has the separator ';' before the frame. At most 9999 events: the rest is
/// left out, with a comment. Facts about the rate are in a comment of the first event. `clock` is
/// one of Counting::kTimecode. Source: SMPTE 258M and CMX 3600 as read by editors.
std::string CutsEdl(const contracts::EventList& record, const ExportClock& clock);

}  // namespace reelbatch::store
