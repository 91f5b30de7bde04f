#pragma once

#include <memory>

#include "components/component.h"
#include "contracts/cuts.h"

namespace reelbatch::components {

inline constexpr std::string_view kCutDetectionName = "cut_detection";
/// Goes up when a number in the artifact may change for the same input and knobs.
inline constexpr std::string_view kCutDetectionVersion = "1";

/// Hard cuts by the knobs' decision. Memory: a small look-ahead of planes, and about 60 bytes per frame of signals.
std::unique_ptr<Component> MakeCutDetection(const contracts::CutKnobs& knobs);

}  // namespace reelbatch::components
