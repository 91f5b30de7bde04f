#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "reel/script.h"

namespace reelbatch::reel {

/// Renders and encodes the script with its own `video` options. Returns the number of frames.
/// Errors: as Validate() and media::CreateVideo().
base::Result<int64_t> WriteClip(const std::filesystem::path& path, const Script& script);

/// The truth of the clip in the format of the project's truth files (fps, n_frames, frame_base,
/// transitions, edge, hard_negatives), made from the same frame plans as the pictures.
/// `video_name` is recorded in it. `script` must be valid (Validate()).
std::string TruthJson(const Script& script, const std::string& video_name);

}  // namespace reelbatch::reel
