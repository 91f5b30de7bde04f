#pragma once

#include <variant>

#include "contracts/outcome.h"
#include "media/frame_sampler.h"
#include "runtime/pass.h"

namespace reelbatch::runtime {

/// A frame was larger than what was admitted, and nothing else is wrong with the video.
struct TooLarge {
  media::FrameSize size;
  contracts::VideoOutcome outcome;  // in case that it is not tried again
};
/// How decoding a video ended. DecodedVideo: with its outcome, without times; where it has
/// components, units of theirs are not back yet or they have a last word.
using Decoded = std::variant<RunStops, LaneLost, WasStuck, TooLarge, DecodedVideo>;

/// Frames that are decoded and processed between taking a CPU permit and giving it back: short
/// enough that lanes share the CPU fairly (some 10 ms at 720p), long enough that the hand-over
/// costs nothing.
inline constexpr int kFramesPerSlice = 16;

/// Walks one video through its components, in slices that each hold one CPU permit: in ranges where
/// it was admitted so, and as a whole where that is not possible or anything is odd about it.
///
/// Note [Twice with frame threads]: with more than one decoder thread FFmpeg conceals damage from
/// whatever another thread has at hand. So a video that reports an error then starts over with one
/// thread and fresh components: what reaches the sink does not depend on --threads.
/// (docs/decisions/0004) `video` is in state Decoding.
Decoded DecodeVideo(const PassContext& context, Video& video);

}  // namespace reelbatch::runtime
