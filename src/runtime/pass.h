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

// How a pass over a video ends where nothing comes of it.

/// The run stops: no outcome.
struct RunStops {};
/// No outcome, and the lane must not touch the run any more.
struct LaneLost {};
/// Stopped by the watchdog, and back: no outcome.
struct WasStuck {};
/// What a pass over a video needs: of the run, which the lane keeps, so that it outlives a lane
/// that is given up; and of the lane itself.
struct PassContext {
  const RunDependencies& dependencies;
  const contracts::Sampling& sampling;
  bool skip_loop_filter;
  FifoBudget& permits;
  Dispatcher& units;
  const contracts::VideoInfo& info;  // from the probe
  const LoadedWork& earlier;
  Admission admission;
  media::FrameSize largest;  // that was admitted; 0 x 0: any
  bool fast = false;         // the deadline asks for it
};

/// How a video of this context is opened by a reader of `threads` decoder threads for `requests`.
media::ReaderOptions ReaderOptionsOf(const PassContext& context, VideoWatch& watch, int threads,
                                     std::vector<media::FrameRequest> requests);

/// For the units of a video in state Decoding. Where a push waits for room, its CPU permit goes to
/// whoever makes room, or fills the batch that does; the rest of the slice runs without one.
Pusher PusherOf(Video& video);

}  // namespace reelbatch::runtime
