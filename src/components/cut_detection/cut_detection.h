#pragma once

#include <memory>

#include "components/component.h"
#include "components/cut_detection/cut_knobs.h"
#include "contracts/events.h"

namespace reelbatch::components {

struct ComponentDefinition;

inline constexpr std::string_view kCutDetectionName = "cut_detection";
/// Goes up when a number in the artifact may change for the same input and knobs.
inline constexpr std::string_view kCutDetectionVersion = "3";

/// The knobs' parts by the knobs' decision; the seed rule finds hard cuts only. Memory: a
/// look-ahead of planes that does not grow with the video (PairRecorder, EvidenceCollector,
/// SoftPart), and about 150 bytes per frame of signals.
///
/// With FlowSource::kCoreOpticalFlow that component has to run before it, and Close() takes the
/// signal from its result (contract: where that looked at other frames).
///
/// With CutKnobs::learned the decision waits for transnetv2: Close() keeps what the rules found,
/// Conclude() decides and gives the result (contract: where transnetv2 looked at other
/// frames). Where it gave nothing, decided without, with a warning.
std::unique_ptr<Component> MakeCutDetection(const CutKnobs& knobs);

/// What a run asks of it.
ComponentDefinition CutDetectionDefinition();

}  // namespace reelbatch::components
