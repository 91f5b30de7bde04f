#include "planning/memory_budget.h"

#include <algorithm>

namespace reelbatch::planning {
namespace {

constexpr int64_t kLeastHeadroomMb = 1024;

}  // namespace

int64_t HeadroomMb(int64_t free_mb) {
  const int64_t whole = free_mb / 4;
  const int64_t rest = free_mb % 4;  // a half is 2: to the even neighbour
  const int64_t rounded = whole + (rest > 2 || (rest == 2 && whole % 2 != 0) ? 1 : 0);
  return std::max(kLeastHeadroomMb, rounded);
}

int64_t EffectiveBudgetMb(DeviceMemory memory) {
  const int64_t free_mb = std::max<int64_t>(0, memory.total_mb - memory.used_mb);
  return std::max<int64_t>(0, free_mb - HeadroomMb(free_mb));
}

}  // namespace reelbatch::planning
