#pragma once

#include "store/cuts_record.h"

namespace reelbatch::store {

/// Seconds on a player's clock, which starts with the earliest sound or picture of the file; not
/// below 0.
double PlayerSeconds(const CutsRecord& record, double pts_s);

}  // namespace reelbatch::store
