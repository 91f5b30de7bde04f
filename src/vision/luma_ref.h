#pragma once

#include "vision/luma.h"

namespace reelbatch::vision {

/// The scalar reference of LumaScaler: Downscale where `limited_range`, else Resize.
void ResizeLumaRef(image::ImageView<uint8_t> in, Size size, bool limited_range,
                   image::Plane<uint8_t>& out);

}  // namespace reelbatch::vision
