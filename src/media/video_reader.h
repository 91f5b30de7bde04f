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
/// Probes a path: the facts of the container about the chosen stream. Decodes only what FFmpeg
/// needs to know the format. `cancel` may be null; it also interrupts blocking reads that FFmpeg
/// can interrupt. Errors: io (missing, not a regular file, not permitted), corrupt (not a video, no
/// video stream, no size; the message has FFmpeg's reason), invalid_argument (sampling.stream is
/// not a video stream, and the message lists them; sampling.crop is outside of the frame),
/// cancelled.
base::Result<contracts::VideoInfo> Probe(const std::filesystem::path& path,
                                         const contracts::Sampling& sampling,
                                         const base::CancelToken* cancel);

struct ReadingState;

/// The state of one file of several that are read as one video.
struct Continuation {
  std::shared_ptr<ReadingState> state;  // of all of them
  /// Of its first frame, on the clock of the first file; none: it is the first file.
  std::optional<double> starts_at_s = std::nullopt;
};

struct ReaderOptions {
  contracts::Sampling sampling = {};  // for several requests: the common part
  int threads = 1;                    // of the decoder; more than 1 means frame threads
  int frames_kept = 0;  // samples of a frame stay valid for this many more calls of Next()
  bool skip_loop_filter = false;  // faster and less exact: contracts::LoopFilter
  /// Next() fails with out_of_memory instead of decoding a frame with more samples than this,
  /// rounded up to whole blocks: a header may be wrong. 0 x 0: any size that FFmpeg supports.
  FrameSize largest = {};
  std::optional<FrameSize> thumbnail = std::nullopt;  // as FrameRequest::thumbnail
  /// For several users of the video (OpenRequested()): what each of them needs. Empty: there
  /// is one, with `sampling` and `thumbnail`.
  std::vector<FrameRequest> requests = {};
  /// The state of the files before this one; none: it is read alone. Times and indices of
  /// its frames are those of the file in any case; the sampling counts from the start of the first
  /// file.
  std::optional<Continuation> continues = std::nullopt;
  const base::CancelToken* cancel = nullptr;
  /// Shared with the sound of the same pass; may be null. For OpenVideo() only.
  std::shared_ptr<SharedFile> shared = nullptr;
  /// Called after every decoded frame, including those that the sampling skips: Next() may
  /// decode for a long time before it returns. From the thread that calls Next().
  std::function<void()> on_decoded = {};
};

/// ReaderOptions::requests, or the only request; never empty.
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

/// Memory for decoding one such video, in bytes: reference and reorder frames of the codec, one
/// more per additional thread, those that are kept, and our own planes, for every requested
/// analysis size and small picture. An upper estimate for admission, from the frame size only.
/// `requests`: empty is one for every frame in its own size.
int64_t EstimateDecodeBytes(const contracts::VideoInfo& info,
                            const std::vector<FrameRequest>& requests, int threads,
                            int frames_kept);

}  // namespace reelbatch::media
