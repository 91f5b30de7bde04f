#include "costs/input_bucket.h"

#include <algorithm>

namespace reelbatch::costs {
namespace {

const GridSide& SideOf(int width, int height) {
  const auto* found =
      std::ranges::lower_bound(kGrid, std::min(width, height), {}, &GridSide::short_side);
  return found == kGrid.end() ? kGrid.back() : *found;
}

}  // namespace

int ShortSideBucket(int width, int height) { return SideOf(width, height).short_side; }

contracts::Aspect NearestAspect(int width, int height) {
  // log(16/9) and log(9/16) lie at the same distance from 0, the square.
  return width >= height ? contracts::Aspect::k16x9 : contracts::Aspect::k9x16;
}

contracts::InputBucket BucketOf(int width, int height) {
  return GridBucket(SideOf(width, height), NearestAspect(width, height));
}

contracts::InputBucket GridBucket(GridSide side, contracts::Aspect aspect) {
  const bool wide = aspect == contracts::Aspect::k16x9;
  return {.width = wide ? side.long_side : side.short_side,
          .height = wide ? side.short_side : side.long_side,
          .short_side = side.short_side,
          .aspect = aspect};
}

}  // namespace reelbatch::costs
