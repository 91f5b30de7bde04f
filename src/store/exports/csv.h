#pragma once

#include <string>

#include "contracts/event_list.h"

namespace reelbatch::store {

/// PySceneDetect's scene list, so that its users' scripts keep working: a "Timecode List:" row, the
/// header row, one row per shot. Start Frame counts from 1, End Frame is the last frame of the
/// shot. Times count from the file's first frame. Rows end with LF. Source: PySceneDetect,
/// `scenedetect.output.write_scene_list`.
std::string CutsCsv(const contracts::EventList& record);

}  // namespace reelbatch::store
