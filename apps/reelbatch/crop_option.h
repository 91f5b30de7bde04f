#pragma once

#include <optional>
#include <string>

#include "apps/reelbatch/option_table.h"
#include "base/result.h"
#include "contracts/video.h"

namespace reelbatch::app {

/// "X:Y:W:H", four whole numbers of pixels. Whether a frame has such a part shows when a video is
/// read. Errors: invalid_argument (which number is wrong, and the order that is expected).
base::Result<contracts::CropRect> ParseCrop(const std::string& text);

/// --crop.
Option CropOption(std::optional<contracts::CropRect>& target);

}  // namespace reelbatch::app
