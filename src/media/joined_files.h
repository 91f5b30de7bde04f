#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/frame_request.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// Several files that are read as one video, in the order in which they are named.
///
/// Note [One timeline of several files]: frame indices go on from file to file. The clock is that
/// of the first file; every later file begins where the one before it ends, which is its last
/// frame's time plus the duration of a frame as it was observed in that file. The first file sets
/// the geometry: frames of other sizes are scaled to it. Sampling counts over all of them. A file
/// that is missing, cannot be decoded or has no frame fails the whole, and the error names it.
///
/// Threads: one caller at a time.
class JoinedFiles {
 public:
  /// At least one.
  explicit JoinedFiles(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}

  /// The facts of all containers together: lengths and counts are sums, if every file
  /// has them; a rate is there if all are equal. Width, height, pixel format and reference
  /// frames are the largest ones, to estimate memory. Errors: as media::Probe().
  base::Result<contracts::VideoInfo> Probe(const contracts::Sampling& sampling,
                                           const base::CancelToken* cancel);

  /// After Probe(). RequestedSource::info() is of the first file but for sums and rates. The report
  /// adds up those of the files, and lists the files that were reached as its parts. Errors: as
  /// OpenRequested().
  base::Result<std::unique_ptr<RequestedSource>> Open(const ReaderOptions& options) const;

 private:
  std::vector<std::filesystem::path> files_;
  std::vector<contracts::VideoInfo> infos_;
};

}  // namespace reelbatch::media
