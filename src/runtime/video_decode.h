#pragma once

#include <variant>

#include "contracts/outcome.h"
#include "media/frame_sampler.h"
#include "runtime/admission.h"
#include "runtime/dispatcher.h"
#include "runtime/fifo_budget.h"
#include "runtime/run.h"
#include "runtime/video.h"

namespace reelbatch::runtime {

/// The run stops: no outcome.
struct RunStops {};
/// No outcome, and the lane must not touch the run any more.
struct LaneLost {};
/// Stopped by the watchdog, and back: no outcome.
struct WasStuck {};
/// A frame was larger than what was admitted, and nothing else is wrong with the video.
struct TooLarge {
  media::FrameSize size;
  contracts::VideoOutcome outcome;  // in case that it is not tried again
};
/// How decoding a video ended. DecodedVideo: with its outcome, without times; where it has
/// components, units of theirs are not back yet or they have a last word.
using Decoded = std::variant<RunStops, LaneLost, WasStuck, TooLarge, DecodedVideo>;

/// What decoding needs: of the run, which the lane keeps, so that it outlives a lane that is given
/// up; and of the lane itself.
struct DecodeContext {
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

/// Frames that are decoded and processed between taking a CPU permit and giving it back: short
/// enough that lanes share the CPU fairly (some 10 ms at 720p), long enough that the hand-over
/// costs nothing.
inline constexpr int kFramesPerSlice = 16;

/// How a video of this context is opened by a reader of `threads` decoder threads for `requests`.
media::ReaderOptions ReaderOptionsOf(const DecodeContext& context, VideoWatch& watch, int threads,
                                     std::vector<media::FrameRequest> requests);

/// For the units of a video in state Decoding. Where a push waits for room, its CPU permit goes to
/// whoever makes room, or fills the batch that does; the rest of the slice runs without one.
Pusher PusherOf(Video& video);

/// Walks one video through its components, in slices that each hold one CPU permit: in ranges where
/// it was admitted so, and as a whole where that is not possible or anything is odd about it.
///
/// Note [Twice with frame threads]: with more than one decoder thread FFmpeg conceals damage from
/// whatever another thread has at hand. So a video that reports an error then starts over with one
/// thread and fresh components: what reaches the sink does not depend on --threads.
/// (docs/decisions/0004)
/// `video` is in state Decoding.
Decoded DecodeVideo(const DecodeContext& context, Video& video);

}  // namespace reelbatch::runtime
