#pragma once

#include "base/result.h"
#include "contracts/event_list.h"

namespace reelbatch::store {

/// What the wished lengths changed in a record.
struct ShotLengthChanges {
  int merged = 0;      // shots that went into a neighbour
  int divided = 0;     // shots that were cut
  int parts = 0;       // that they were cut into
  int undivided = 0;   // longer than the most, but their parts would be shorter than the least
  bool quiet = false;  // the record's signals chose the places
};

/// Errors: invalid_argument (the least length is above the most).
base::Status CheckShotLengths(const contracts::ShotLengths& lengths);

/// Makes the record's shots keep the lengths, and says so in it. A length that is not wanted is the
/// one that the record was written with.
///
/// Shots shorter than the least one go, the shortest first, into the neighbour that is more alike:
/// the event between them is the less sure one (lower confidence, then lower strength; of equals
/// the earlier). That event becomes a candidate. Then shots longer than the most one are cut into
/// as few equal parts as keep it. With the record's signals every such cut moves, by at most a
/// quarter of a part and half a second, to the frame that changes least from the one before; no
/// part becomes too long or too short by that. Example: at most 2 s: a shot of 7 s -> 4 parts of
/// about 1.75 s. Errors: as CheckShotLengths().
base::Result<ShotLengthChanges> KeepShotLengths(const contracts::ShotLengths& wanted,
                                                contracts::EventList& record);

}  // namespace reelbatch::store
