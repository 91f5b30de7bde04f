#pragma once

#include <string>
#include <string_view>

#include "components/cut_detection/cut_knobs.h"
#include "components/definition.h"

namespace reelbatch::components {

/// The words under which cut_detection is measured and looked up: who writes a row and who asks
/// for one say the same thing.

/// "detect_hard_cuts(cpu_no_deep)", "detect_soft_cuts(cpu)", "detect_motion_based_cuts(cpu)" for a
/// part alone, as the seed names them; joined by "+" where several share their signals in one pass.
std::string CutPartName(const CutParts& parts);

/// cut_detection as the knobs run it.
contracts::CostSubject CutDetectionSubject(const CutKnobs& knobs);

/// One sub-step of it, on its own: "feature_ssim_only".
contracts::CostSubject CutStepSubject(std::string_view step, const CutKnobs& knobs);

/// The parts by their names, and the steps that make them up.
MeasuredWork MeasuredCuts(const std::vector<std::string>& parts, contracts::Preset preset);

}  // namespace reelbatch::components
