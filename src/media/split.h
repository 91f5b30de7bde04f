#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"

namespace reelbatch::media {

/// One piece of a video: frames [start_frame, end_frame) of the source, seconds of its container
/// clock.
struct Piece {
  contracts::FrameIndex start_frame = 0;
  contracts::FrameIndex end_frame = 0;
  double start_s = 0;
  double end_s = 0;
  std::filesystem::path output;
};

/// The actual contents of a piece. With copying, it starts at the keyframe at or before the
/// requested time.
struct WrittenPiece {
  double start_s = 0;
  int64_t frames = 0;
  int width = 0;  // coded size in pixels
  int height = 0;
};

/// The messages of a split, one sentence each, without the name of the video.
struct SplitLog {
  std::vector<std::string>
      warnings;                      // what the pieces do not contain of the source, and the remedy
  std::vector<std::string> details;  // the same for things that few people need
  std::vector<std::filesystem::path> finished;  // complete pieces, also if the split failed
};

/// Re-encodes every piece exactly: H.264 (crf 18) of the source's depth, chroma, colours and
/// fields, and AAC of every sound track; subtitles where the container takes them. The
/// source is read once for the pictures and once for each sound track. `log` may be null. Errors:
/// io, corrupt, cancelled, invalid_argument (pieces not ascending or overlapping).
base::Result<std::vector<WrittenPiece>> SplitExact(const std::filesystem::path& source,
                                                   const contracts::Sampling& sampling,
                                                   const std::vector<Piece>& pieces,
                                                   const base::CancelToken* cancel,
                                                   SplitLog* log = nullptr);

/// Copies packets without decoding; a piece starts at the keyframe at or before its start.
base::Result<std::vector<WrittenPiece>> SplitCopy(const std::filesystem::path& source,
                                                  const contracts::Sampling& sampling,
                                                  const std::vector<Piece>& pieces,
                                                  const base::CancelToken* cancel,
                                                  SplitLog* log = nullptr);

}  // namespace reelbatch::media
