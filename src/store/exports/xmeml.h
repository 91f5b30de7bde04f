#pragma once

#include <string>

#include "contracts/event_list.h"
#include "store/exports/export_clock.h"

namespace reelbatch::store {

/// Final Cut Pro XML, version 5, as Premiere, Resolve and others import it: a sequence with one
/// video track, a clipitem per shot of its media file (two where a shot goes over the seam of two
/// files), and a cross dissolve where a shot begins with a dissolve or a wipe. Frames in the file
/// count from 0; the timecodes of media and sequence start where the source's own does. A dissolve
/// reaches equally far to both sides of its cut, as the format's alignment "center" means it.
/// `clock` is one of Counting::kTimecode. Source: Apple, Final Cut Pro XML Interchange Format,
/// version 5.
std::string CutsXmeml(const contracts::EventList& record, const ExportClock& clock);

}  // namespace reelbatch::store
