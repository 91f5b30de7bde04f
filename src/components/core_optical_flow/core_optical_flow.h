#pragma once

#include <memory>

#include "components/component.h"

namespace reelbatch::components {

struct ComponentDefinition;

inline constexpr std::string_view kCoreOpticalFlowName = "core_optical_flow";
/// Goes up when a number in the artifact may change for the same input and knobs.
inline constexpr std::string_view kCoreOpticalFlowVersion = "1";

/// Mean motion of every frame against the one before, per second and as a share of the long side:
/// indifferent to the size and the rate that a video is looked at. Its result, with N frames:
/// frame_indices i4[N], motion_norm_per_sec_mean f4[N] (mean(|flow|) / dt / max(width, height); 0
/// at 0), dt_seconds f4[N] (NaN at 0). Source: docs/requirements.md, "Reuse of core_optical_flow".
/// Memory: 8 bytes a frame beside the flow. `max_side`: long side of the plane that flow is
/// computed on, px.
std::unique_ptr<Component> MakeCoreOpticalFlow(int max_side);

/// What a run asks of it.
ComponentDefinition CoreOpticalFlowDefinition();

}  // namespace reelbatch::components
