#include "store/exports/player_time.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::store {

double PlayerSeconds(const contracts::EventList& record, double pts_s) {
  const double seconds = pts_s - record.info.player_start_s;
  return std::isfinite(seconds) ? std::max(0.0, seconds) : 0.0;
}

}  // namespace reelbatch::store
