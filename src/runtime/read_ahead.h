#pragma once

#include <cstddef>
#include <memory>

#include "media/frame_request.h"

namespace reelbatch::runtime {

/// Frames that may wait between a video's decoder and its components.
inline constexpr size_t kFramesAhead = 4;

/// The same frames, decoded by a thread of its own up to kFramesAhead before they are asked for, so
/// that decoding and analysis of one video overlap.
///
/// `source` keeps the samples of kFramesAhead frames (media::ReaderOptions::frames_kept) and is
/// used by no one else. report() and refused_size() may be asked once Next() has returned null or
/// an error. Destroying it waits for the call of source->Next() in hand, as long as that takes:
/// cancel its token first. Where the system has no thread left, the source itself comes back.
std::unique_ptr<media::RequestedSource> ReadAhead(std::unique_ptr<media::RequestedSource> source);

}  // namespace reelbatch::runtime
