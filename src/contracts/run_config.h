#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/cuts.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

/// Whether cut_detection takes its flow signal from core_optical_flow of the same run.
enum class FlowReuse : uint8_t {
  kNever,
  kPrefer,   // where core_optical_flow runs too; else it computes its own and says so
  kRequire,  // or the run does not begin
};
std::string_view FlowReuseName(FlowReuse reuse);

/// What a user asks of a run, as far as it changes artifacts: with a video's content it determines them byte for
/// byte. Threads, memory bounds and output formats are not part of it.
struct RunConfig {
  std::vector<std::string> components{"cut_detection"};  // in the order in which they run
  std::vector<std::string> parts{"hard"};
  std::optional<Preset> preset;  // none: auto, by the size of each video
  Decision decision = Decision::kAdaptive;
  bool ssim_range_255 = false;
  FlowReuse flow_reuse = FlowReuse::kNever;
  Sampling sampling;
};

}  // namespace reelbatch::contracts
