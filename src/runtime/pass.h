#pragma once

#include <vector>

#include "contracts/video.h"
#include "media/video_reader.h"
#include "runtime/admission.h"
#include "runtime/dispatcher.h"
#include "runtime/fifo_budget.h"
#include "runtime/run.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

// How a pass over a video ends if it gives no outcome.

/// The run stops: no outcome.
struct RunStops {};
/// No outcome, and the lane must not use the run any more.
struct LaneLost {};
/// Stopped by the watchdog, and returned: no outcome.
struct WasStuck {};
/// What a pass over a video needs: of the run, which the lane keeps alive, so that it outlives a
/// lane that is given up; and of the lane itself.
struct PassContext {
  const RunDependencies& dependencies;
  const contracts::Sampling& sampling;
  bool skip_loop_filter;
  FifoBudget& permits;
  Dispatcher& units;
  const contracts::VideoInfo& info;  // from the probe
  const LoadedWork& earlier;
  Admission admission;
  media::FrameSize largest;  // the admitted frame size; 0 x 0: any
  bool fast = false;         // because of the deadline
};

/// How a video of this context is opened by a reader of `threads` decoder threads for `requests`.
media::ReaderOptions ReaderOptionsOf(const PassContext& context, VideoWatch& watch, int threads,
                                     std::vector<media::FrameRequest> requests);

/// For the units of a video in state Decoding. While a push waits for memory, its CPU permit goes
/// to the thread that frees memory, or fills the batch that does; the rest of the slice runs
/// without one.
Pusher PusherOf(Video& video);

}  // namespace reelbatch::runtime
