#pragma once

#include <string>
#include <vector>

#include "contracts/cost_row.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "contracts/video.h"
#include "costs/registry.h"

namespace reelbatch::planning {

/// The work of a component on the frames that it analyses.
struct SampledWork {
  contracts::PricedWork work;
  contracts::Sampling sampling = {};
  int width = 0;  // px of those frames
  int height = 0;
};

/// A video that a run would process.
struct PricedVideo {
  const contracts::VideoInfo& info;
  const contracts::RunConfig& config;
  /// Of the components whose work is per video, in run order.
  const std::vector<SampledWork>& works;
  std::string device = {};  // id of the profile; empty: any
  int concurrency = 1;      // videos processed at the same time
};

/// The expected frames for decoding and analysis, from the container; none: it does not have the
/// number. Example: 250 frames at 25/s with --analysis-fps 5 -> 250 decoded, 50 analysed.
struct ExpectedFrames {
  double decoded = 0;
  double analysed = 0;
};
std::optional<ExpectedFrames> FramesExpected(const contracts::VideoInfo& info,
                                             const contracts::Sampling& sampling);

/// The predicted cost of a video: decoding first, then the works in their order.
/// If there is no cost row or no number of frames, predicted_ms is none and `predicted_from`
/// says why. The memory of decoding is not part of it (it follows from the frame size).
std::vector<contracts::ComponentCost> PriceVideo(const costs::Registry& registry,
                                                 const PricedVideo& video);

}  // namespace reelbatch::planning
