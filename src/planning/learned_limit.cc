#include "planning/learned_limit.h"

#include <algorithm>

namespace reelbatch::planning {

void LearnedLimit::Failed(int size, base::Nanoseconds wall) {
  // Grown to a size that fails after all: the next try needs more reasons.
  if (failed_at > 0 && size < failed_at && size > proven)
    needed = std::min(2 * needed, kMostGoodBatches);
  failed_at = failed_at > 0 ? std::min(failed_at, size) : size;
  if (proven >= size) proven = 0;
  limit = std::max({1, proven, size / 2});
  good = 0;
  learned_wall = wall;
}

void LearnedLimit::Succeeded(int size) {
  if (failed_at == 0 || size < failed_at) proven = std::max(proven, size);
  if (limit == 0 || size < limit || limit + 1 >= failed_at) return;
  if (++good < needed) return;
  limit += std::max(1, (failed_at - limit) / 2);
  good = 0;
}

void LearnedLimit::Expire(base::Nanoseconds wall) {
  if (limit > 0 && wall - learned_wall > kExpires) *this = {};
}

}  // namespace reelbatch::planning
