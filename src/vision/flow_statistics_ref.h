#pragma once

#include "image/plane.h"
#include "vision/flow_statistics.h"

namespace reelbatch::vision {

/// The scalar reference of StatisticsOf.
FlowStatistics StatisticsOfRef(const image::Plane<float>& flow_x,
                               const image::Plane<float>& flow_y);

}  // namespace reelbatch::vision
