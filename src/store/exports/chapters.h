#pragma once

#include <string>

#include "contracts/event_list.h"

namespace reelbatch::store {

/// FFmpeg metadata (`;FFMETADATA1`) with a chapter per shot, in milliseconds from the file's first
/// frame: `ffmpeg -i video -i chapters.txt -map_metadata 1 -codec copy out.mkv`.
std::string CutsChapters(const contracts::EventList& record);

}  // namespace reelbatch::store
