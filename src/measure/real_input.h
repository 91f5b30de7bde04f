#pragma once

#include <filesystem>
#include <span>

#include "base/cancel.h"
#include "measure/frame_stack.h"

namespace reelbatch::measure {

/// Fills the frames from videos, scaled to the size of the stack without regard to aspect: ranges
/// of 32 or more consecutive frames, in turn from videos spread over the list, and over the first
/// minute of each. If a range ends early, its frames are repeated from the first one. Errors: as
/// media::OpenVideo(); corrupt (no frame at all); invalid_argument (frames that are not 4:2:0; the
/// message has the file).
base::Status FillFromVideos(FrameStack& stack, std::span<const std::filesystem::path> videos,
                            const base::CancelToken& cancel);

}  // namespace reelbatch::measure
