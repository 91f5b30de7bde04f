#pragma once

#include <string>

#include "contracts/event_list.h"

namespace reelbatch::store {

/// A QP file for x264 and x265 (`--qpfile`), which makes the first frame of every shot a keyframe:
/// "50 I -1", a line per shot; -1 leaves the quantizer to the encoder. Frames count from 0 in the
/// whole source, also where a range was looked at. Source: PySceneDetect, `save-qp
/// --disable-shift`.
std::string CutsQp(const contracts::EventList& record);

}  // namespace reelbatch::store
