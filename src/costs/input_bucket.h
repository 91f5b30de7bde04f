#pragma once

#include <array>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// The grid on which visual costs are measured. px. Source: docs/requirements.md, "Input buckets".
struct GridSide {
  int short_side;
  int long_side;  // at 16:9; 9:16 is mirrored
};
inline constexpr std::array<GridSide, 12> kGrid = {{{160, 284},
                                                    {224, 398},
                                                    {256, 455},
                                                    {320, 569},
                                                    {384, 683},
                                                    {448, 796},
                                                    {512, 910},
                                                    {640, 1138},
                                                    {720, 1280},
                                                    {768, 1365},
                                                    {896, 1593},
                                                    {1080, 1920}}};

/// The smallest S of the grid that is not less than the short side; 1080 above the grid.
/// Example: 1280x720 -> 720, 404x720 -> 448, 3840x2160 -> 1080.
int ShortSideBucket(int width, int height);

/// The nearer of 16:9 and 9:16 in log space, 16:9 for a square.
contracts::Aspect NearestAspect(int width, int height);

/// The input of the grid for a size: its width and height are those of the grid, not of the
/// video. fps is 0. A short side above 1080 gets 1080: its cost is scaled, see Registry.
contracts::InputBucket BucketOf(int width, int height);
contracts::InputBucket GridBucket(GridSide side, contracts::Aspect aspect);

}  // namespace reelbatch::costs
