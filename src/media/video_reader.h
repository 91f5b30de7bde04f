#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/frame_request.h"
#include "media/frame_sampler.h"
#include "media/frame_source.h"
#include "media/shared_file.h"

namespace reelbatch::media {

/// A path is a video file, or a picture sequence (base::NamesPictures()).
///
/// What the container says of the chosen stream. Decodes nothing beyond what FFmpeg needs to know
/// the format. `cancel` may be null; it also interrupts blocking reads that FFmpeg can interrupt.
/// Errors: io (missing, not a regular file, not permitted), corrupt (not a video, no video stream,
/// no size; the message names FFmpeg's reason), invalid_argument (sampling.stream names no video
/// stream: the message lists those there are; sampling.crop does not lie within the frame),
/// cancelled.
base::Result<contracts::VideoInfo> Probe(const std::filesystem::path& path,
                                         const contracts::Sampling& sampling,
                                         const base::CancelToken* cancel);

struct ReadingState;

/// Where one of several files stands that are read as one video.
struct Continuation {
  std::shared_ptr<ReadingState> state;  // of all of them
  /// Of its first frame, on the clock of the first file; none: it is the first file.
  std::optional<double> starts_at_s = std::nullopt;
};

struct ReaderOptions {
  contracts::Sampling sampling = {};  // of several requests: what all of them have in common
  int threads = 1;                    // of the decoder; more than 1 means frame threads
  int frames_kept = 0;            // the samples of a frame live for so many more calls of Next()
  bool skip_loop_filter = false;  // faster and less exact: contracts::LoopFilter
  /// Next() fails with out_of_memory rather than decode a frame of more samples than this, rounded
  /// up to whole blocks: a header may promise less than what follows. 0 x 0: any size that FFmpeg
  /// takes.
  FrameSize largest = {};
  std::optional<FrameSize> thumbnail = std::nullopt;  // as FrameRequest::thumbnail
  /// Of several who read the video together (OpenRequested()): what each of them wants. None: there
  /// is one, who wants `sampling` and `thumbnail`.
  std::vector<FrameRequest> requests = {};
  /// What the files before this one have settled; none: it is read by itself. Times and indices of
  /// its frames are the file's own either way; the sampling counts from the first file's start.
  std::optional<Continuation> continues = std::nullopt;
  const base::CancelToken* cancel = nullptr;
  /// Shared with the sound of the same pass; may be null. Of OpenVideo() alone.
  std::shared_ptr<SharedFile> shared = nullptr;
  /// Called after every decoded frame, also of those that the sampling leaves out: Next() may
  /// decode for long before it returns. From the thread that calls Next().
  std::function<void()> on_decoded = {};
};

/// ReaderOptions::requests, or the only one; never empty.
std::vector<FrameRequest> RequestsOf(const ReaderOptions& options);
/// Errors: as ValidateSampling(); invalid_argument too where the requests do not agree on range,
/// stream, crop or picture rate.
base::Status CheckRequests(const ReaderOptions& options);

/// Opens one video stream for sequential decoding, for all requests. Errors as Probe() and
/// CheckRequests(), and out_of_memory.
base::Result<std::unique_ptr<RequestedSource>> OpenRequested(const std::filesystem::path& path,
                                                             const ReaderOptions& options);

/// The same for one request. Errors as OpenRequested().
base::Result<std::unique_ptr<FrameSource>> OpenVideo(const std::filesystem::path& path,
                                                     const ReaderOptions& options);

/// Bytes that decoding one such video holds at once: reference and reorder frames of the codec, one
/// more per extra thread, those that are kept, and our own planes, of every analysis size and small
/// picture that is asked for. An upper estimate for admission, from geometry alone. `requests`:
/// none is one of every frame as it is.
int64_t EstimateDecodeBytes(const contracts::VideoInfo& info,
                            const std::vector<FrameRequest>& requests, int threads,
                            int frames_kept);

}  // namespace reelbatch::media
