#pragma once

#include <filesystem>

#include "base/result.h"
#include "media/av.h"
#include "media/picture_colours.h"
#include "media/stills.h"

namespace reelbatch::media {

/// A decoded frame and how it is to be read.
struct StillPicture {
  const AVFrame* frame = nullptr;
  PictureColours colours;
  double peak_nits = 0;  // of HDR: the brightest that the source shows
};

/// As WriteStill() of a view, from the decoder's own samples: any depth, matrix and layout. HDR and
/// wide gamuts become sRGB (ToneMap). Errors: the same.
base::Status WriteStill(const StillPicture& picture, const std::filesystem::path& path,
                        const StillOptions& options);

}  // namespace reelbatch::media
