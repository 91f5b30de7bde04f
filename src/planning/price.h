#pragma once

#include <string>
#include <vector>

#include "contracts/cost_row.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "contracts/video.h"
#include "costs/registry.h"

namespace reelbatch::planning {

/// Work of a component on the frames that it looks at.
struct SampledWork {
  contracts::PricedWork work;
  contracts::Sampling sampling = {};
  int width = 0;  // px of those frames
  int height = 0;
};

/// A video that a run would do.
struct PricedVideo {
  const contracts::VideoInfo& info;
  const contracts::RunConfig& config;
  /// Of the components whose work is per video, in run order.
  const std::vector<SampledWork>& works;
  std::string device = {};  // id of the profile; empty: any
  int concurrency = 1;      // videos at work side by side
};

/// Frames that decoding and analysis will see, by what the container says; none: it does not say.
/// Example: 250 frames at 25/s with --analysis-fps 5 -> 250 decoded, 50 analysed.
struct ExpectedFrames {
  double decoded = 0;
  double analysed = 0;
};
std::optional<ExpectedFrames> FramesExpected(const contracts::VideoInfo& info,
                                             const contracts::Sampling& sampling);

/// What a video is expected to take: decoding first, then the works in their order.
/// Where there is no row of costs or no number of frames, predicted_ms is none and `predicted_from`
/// says why. Memory of decoding is not priced here (it follows from geometry).
std::vector<contracts::ComponentCost> PriceVideo(const costs::Registry& registry,
                                                 const PricedVideo& video);

}  // namespace reelbatch::planning
