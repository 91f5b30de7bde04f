#pragma once

#include <string>

#include "store/cuts_record.h"

namespace reelbatch::store {

/// FFmpeg metadata (`;FFMETADATA1`) with a chapter per shot, in milliseconds from the file's first
/// frame: `ffmpeg -i video -i chapters.txt -map_metadata 1 -codec copy out.mkv`.
std::string CutsChapters(const CutsRecord& record);

}  // namespace reelbatch::store
