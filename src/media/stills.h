#pragma once

#include <filesystem>

#include "base/result.h"
#include "image/frame.h"

namespace reelbatch::media {

struct StillOptions {
  int rotation_deg = 0;           // clockwise turn to apply: 0, 90, 180, 270
  contracts::Rational sar{1, 1};  // other than 1:1, the width is scaled to square pixels
  int jpeg_quality = 90;          // 1 to 100
};

/// Writes one frame as an upright picture: JPEG for .jpg and .jpeg, PNG for .png.
/// Errors: invalid_argument (another extension), io.
base::Status WriteStill(const image::FrameView& frame, const std::filesystem::path& path,
                        const StillOptions& options);

}  // namespace reelbatch::media
