#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/cuts.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

/// Whether cut_detection takes what another component of the same run has found.
enum class Reuse : uint8_t {
  kNever,
  kPrefer,   // where that runs too; else it does without, and says so
  kRequire,  // or the run does not begin
};
std::string_view ReuseName(Reuse reuse);

/// That there is more to do than time, so that videos above 720 lines take preset fast where auto
/// chooses.
enum class Overload : uint8_t {
  kNone,
  kEmergency,  // --emergency-fast: all of them
  kDeadline,   // --deadline: those for which the run would end too late otherwise
};

/// Whether decoders smooth block edges, as their standards demand. Without it H.264 and the like
/// decode in about three quarters of the time; the frames are a little off, and drift until the
/// next keyframe.
enum class LoopFilter : uint8_t {
  kAuto,  // skipped with preset fast, kept otherwise
  kKeep,
  kSkip,
};

/// What a user asks of a run, as far as it changes artifacts: with a video's content it determines
/// them byte for byte. Threads, memory bounds and output formats are not part of it.
struct RunConfig {
  std::vector<std::string> components{"cut_detection"};  // in the order in which they run
  std::vector<std::string> parts;  // empty: what the decision can do, see PartsOf
  std::optional<Preset> preset;    // none: auto, by the size of each video
  Decision decision = Decision::kAdaptive;
  bool ssim_range_255 = false;
  Overload overload = Overload::kNone;
  Reuse flow_reuse = Reuse::kNever;
  Reuse transnetv2_reuse = Reuse::kNever;  // cut_detection takes its probabilities, too
  LoopFilter loop_filter = LoopFilter::kAuto;
  std::optional<double> min_confidence;  // none: CutKnobs::kMinConfidence
  Sampling sampling;
};

bool SkipsLoopFilter(const RunConfig& config);
/// "kept" or "skipped".
std::string_view LoopFilterName(bool skipped);

/// The parts that run: those asked for, else hard and soft; hard alone for the seed's rule, which
/// knows no others.
CutParts PartsOf(const RunConfig& config);

/// Their names in the order hard, soft, motion.
std::vector<std::string> PartNames(const CutParts& parts);

}  // namespace reelbatch::contracts
