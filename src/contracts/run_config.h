#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/cuts.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

/// What a user asks of a run, as far as it changes artifacts: with a video's content it determines them byte for
/// byte. Threads, memory bounds and output formats are not part of it.
struct RunConfig {
  std::vector<std::string> components{"cut_detection"};
  std::vector<std::string> parts{"hard"};
  std::optional<Preset> preset;  // none: auto, by the size of each video
  Decision decision = Decision::kAdaptive;
  bool ssim_range_255 = false;
  Sampling sampling;
};

}  // namespace reelbatch::contracts
