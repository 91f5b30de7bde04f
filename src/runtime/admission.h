#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "contracts/video.h"
#include "media/frame_request.h"

namespace reelbatch::runtime {

/// Bytes one video in flight holds at most: decoder, frames and the components' planes. From
/// geometry alone, because a header can lie about the number of frames. `requests`: what all who
/// look at it want of its frames; none: every frame as it is.
int64_t VideoBytes(const contracts::VideoInfo& info,
                   const std::vector<media::FrameRequest>& requests, int decoder_threads);

/// Threads for the next video: the run's, shared by the videos that can be in flight from now on.
/// Results do not depend on it.
struct ThreadShare {
  /// Of the decoder: 1 for one of many; for the only one all and one more, so that as many decode
  /// while the lane's own thread waits for the next frame.
  int decoder = 1;
  int workers = 1;  // for ranges
};
/// Example: 8 threads, 8 lanes: 20 videos left -> 1, 3 left -> 2, 1 left -> 9 and 8 workers.
ThreadShare ShareThreads(int threads, int lanes, int64_t videos_left);

/// Frames that wait between the decoder and the components: those of ReadAhead() where there is
/// more than one thread for the video, else none.
int FramesKept(int decoder_threads);

/// What to admit a video with.
struct Admission {
  int decoder_threads = 1;
  int range_workers = 0;  // more than one: decode in ranges first (RangeFeed)
  int64_t bytes = 0;
};

/// Ranges where all look at the same frames, and where there is a thread for more than one of them
/// and a video that may have some. Fewer decoder threads where more do not fit into `budget_bytes`
/// (0: no bound). Errors: out_of_memory (does not fit with one thread either; names need, budget
/// and
/// --max-memory).
base::Result<Admission> Admit(const contracts::VideoInfo& info,
                              const std::vector<media::FrameRequest>& requests, ThreadShare share,
                              int64_t budget_bytes);

}  // namespace reelbatch::runtime
