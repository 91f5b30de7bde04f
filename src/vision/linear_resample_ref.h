#pragma once

#include <vector>

#include "image/plane.h"
#include "vision/linear_resample.h"

namespace reelbatch::vision {

/// The scalar reference of ResampleLinear.
template <class T>
void ResampleLinearRef(image::ImageView<T> in, const AxisFilter& columns, const AxisFilter& rows,
                       float gain, std::vector<float>& row, image::Plane<float>& out);

}  // namespace reelbatch::vision
