#pragma once

#include <span>

#include "vision/block_motion.h"

namespace reelbatch::vision {

/// The scalar reference of SearchHalf.
void SearchHalfRef(const MotionPlane& current, const MotionPlane& reference,
                   std::span<MotionVector> vectors);

}  // namespace reelbatch::vision
