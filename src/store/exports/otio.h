#pragma once

#include <string>

#include "store/cuts_record.h"

namespace reelbatch::store {

/// An OpenTimelineIO timeline (`Timeline.1`) with one video track: a clip per shot that references the media. Times count
/// frames of the file's rate from its first frame; a file with variable rate counts milliseconds.
std::string CutsOtio(const CutsRecord& record);

}  // namespace reelbatch::store
