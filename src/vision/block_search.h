#pragma once

#include <span>

#include "vision/block_motion.h"

namespace reelbatch::vision {

/// Full search at half size: for every block of `current`, row by row, the vector of up to
/// kMotionRange, in steps of two samples, whose 4 x 4 samples of `reference`'s half plane differ
/// least. Of two that do equally well, the shorter one, a level of difference per sample of half
/// size; then the one further up, then further left.
///
/// `vectors`: current.blocks() of them. Equal on every target.   Threads: pure, any.
void SearchHalf(const MotionPlane& current, const MotionPlane& reference,
                std::span<MotionVector> vectors);

}  // namespace reelbatch::vision
