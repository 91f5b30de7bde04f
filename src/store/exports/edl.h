#pragma once

#include <string>

#include "store/cuts_record.h"

namespace reelbatch::store {

/// CMX 3600 edit decision list: one video event per shot, source and record timecodes from 00:00:00:00. Drop frame
/// (separator ';') where the rate is 30000/1001 or 60000/1001, else non-drop. At most 9999 events: the rest is
/// left out with a comment that says so. A rate above 60 or an unknown one counts 25 frames per second.
/// Source: SMPTE 258M and CMX 3600 as read by editors.
std::string CutsEdl(const CutsRecord& record);

}  // namespace reelbatch::store
