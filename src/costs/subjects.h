#pragma once

#include <string>
#include <string_view>

#include "contracts/cost_row.h"
#include "contracts/cuts.h"

namespace reelbatch::costs {

/// The words under which our own components are measured and looked up: who writes a row and who
/// asks for one say the same thing.

/// "detect_hard_cuts(cpu_no_deep)", "detect_soft_cuts(cpu)", "detect_motion_based_cuts(cpu)" for a
/// part alone, as the seed names them; joined by "+" where several share their signals in one pass.
std::string CutPartName(const contracts::CutParts& parts);

/// cut_detection as the knobs run it.
contracts::CostSubject CutDetectionSubject(const contracts::CutKnobs& knobs);

/// One sub-step of it, on its own: "feature_ssim_only".
contracts::CostSubject CutStepSubject(std::string_view step, const contracts::CutKnobs& knobs);

contracts::CostSubject OpticalFlowSubject(int flow_max_side);

/// Decoding with one thread, by FFmpeg's name of the codec: unit frame, terms by the names of
/// kDecodeDrivers.
contracts::CostSubject DecodeSubject(std::string_view codec, bool skip_loop_filter);

}  // namespace reelbatch::costs
