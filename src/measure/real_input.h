#pragma once

#include <filesystem>
#include <span>

#include "base/cancel.h"
#include "measure/frame_stack.h"

namespace reelbatch::measure {

/// Fills the frames from videos, at the stack's size whatever their aspect: stretches of 32
/// neighbouring frames and more, in turn from videos spread over the list, and over each one's
/// first minute. Where a stretch ends early the frames that were found are shown again from the
/// first on. Errors: as media::OpenVideo(); corrupt (no frame at all); invalid_argument (frames
/// that are not 4:2:0: the file is named).
base::Status FillFromVideos(FrameStack& stack, std::span<const std::filesystem::path> videos,
                            const base::CancelToken& cancel);

}  // namespace reelbatch::measure
