#pragma once

#include <vector>

#include "components/cut_detection/cut_knobs.h"
#include "components/definition.h"

namespace reelbatch::components {

/// The knobs of cut_detection.
const std::vector<contracts::ComponentKnob>& CutDetectionKnobs();

/// The parts that run: those asked for, else hard and soft; hard alone for the seed rule, which
/// knows no others.
CutParts PartsOf(const contracts::RunConfig& config);

/// The threshold between events and candidates that a user set; none: the configuration is not
/// settled, and nothing was said.
std::optional<double> MinConfidenceOf(const contracts::RunConfig& config);

/// What cut_detection does with a video.
CutKnobs CutKnobsFor(const VideoRequest& request);

/// Names the parts that run. Errors: invalid_argument (the seed rule, with parts that it cannot
/// find).
base::Status SettleCuts(contracts::RunConfig& config);

}  // namespace reelbatch::components
