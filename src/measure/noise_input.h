#pragma once

#include <cstdint>

#include "measure/frame_stack.h"

namespace reelbatch::measure {

/// Fills every frame with uniform random RGB, brought to limited-range Y'CbCr by the frame's
/// matrix, the chroma the mean of its four pixels. The same seed gives the same samples on every
/// machine. Source: docs/requirements.md, "Noise input".
void FillWithNoise(FrameStack& stack, uint64_t seed = 1);

}  // namespace reelbatch::measure
