#pragma once

#include "contracts/video.h"
#include "media/av.h"

namespace reelbatch::media {

/// Gives a piece what its source says of itself: title, artist, date and the like, and the timecode
/// of the piece's first frame, which is `first_frame` of the source. `video` is the piece's stream,
/// whose rate the timecode counts; a timecode that the rate does not have is left out.
void DescribePiece(const AVFormatContext& source, const contracts::VideoInfo& info,
                   contracts::FrameIndex first_frame, AVStream& video, AVFormatContext& piece);

}  // namespace reelbatch::media
