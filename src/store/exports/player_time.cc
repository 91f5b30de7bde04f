#include "store/exports/player_time.h"

#include <algorithm>
#include <cmath>

namespace reelbatch::store {

double PlayerSeconds(const contracts::VideoInfo& info, double pts_s) {
  const double seconds = pts_s - info.player_start_s;
  return std::isfinite(seconds) ? std::max(0.0, seconds) : 0.0;
}

double PlayerSeconds(const contracts::EventList& record, double pts_s) {
  return PlayerSeconds(record.info, pts_s);
}

}  // namespace reelbatch::store
