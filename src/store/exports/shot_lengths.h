#pragma once

#include "base/result.h"
#include "contracts/event_list.h"

namespace reelbatch::store {

/// The changes to a record for the requested lengths.
struct ShotLengthChanges {
  int merged = 0;      // shots that were merged with a neighbour
  int divided = 0;     // shots that were divided
  int parts = 0;       // number of parts of the divided shots
  int undivided = 0;   // longer than the maximum, but their parts would be shorter than the minimum
  bool quiet = false;  // the signals of the record chose the places
};

/// Errors: invalid_argument (the minimum is above the maximum).
base::Status CheckShotLengths(const contracts::ShotLengths& lengths);

/// Changes the shots of the record to the requested lengths, and records them. A length that is not
/// requested is the one that the record was written with.
///
/// Shots shorter than the minimum are merged, the shortest first, with the more similar neighbour:
/// the event between them is the less certain one (lower confidence, then lower strength; of equal
/// ones the earlier). That event becomes a candidate. Then shots longer than the maximum are
/// divided into the smallest number of equal parts that satisfies it. With the signals of the
/// record, every such cut moves, by at most a quarter of a part and half a second, to the frame
/// with the least change from the one before; no part becomes too long or too short by that.
/// Example: maximum 2 s: a shot of 7 s -> 4 parts of about 1.75 s. Errors: as CheckShotLengths().
base::Result<ShotLengthChanges> KeepShotLengths(const contracts::ShotLengths& wanted,
                                                contracts::EventList& record);

}  // namespace reelbatch::store
