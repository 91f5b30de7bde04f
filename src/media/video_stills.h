#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/stills.h"

namespace reelbatch::media {

struct StillRequest {
  contracts::FrameIndex frame = 0;
  std::filesystem::path output;
};

struct WrittenStills {
  int pictures = 0;
  /// What the pictures do not contain of the source, one sentence each.
  std::vector<std::string> warnings;
};

/// Decodes the range of the sampling again, and writes the requested frames, each from
/// the decoder's own samples. Stops after the last one. Errors: as OpenVideo() and
/// WriteStill(); corrupt if a frame is missing, because the file has changed.
base::Result<WrittenStills> WriteStills(const std::filesystem::path& video,
                                        const contracts::Sampling& sampling,
                                        const std::vector<StillRequest>& requests,
                                        const StillOptions& options,
                                        const base::CancelToken* cancel);

}  // namespace reelbatch::media
