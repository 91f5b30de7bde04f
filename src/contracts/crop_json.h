#pragma once

#include "base/json_text.h"
#include "contracts/video.h"

namespace reelbatch::contracts {

/// {"x", "y", "width", "height"}, px of the frame as decoded.
inline base::Json CropJson(const CropRect& crop) {
  return {{"x", crop.x}, {"y", crop.y}, {"width", crop.width}, {"height", crop.height}};
}

}  // namespace reelbatch::contracts
