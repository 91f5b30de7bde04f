#pragma once

#include <optional>

#include "contracts/outcome.h"
#include "media/frame_sampler.h"
#include "runtime/active_videos.h"
#include "runtime/admission.h"
#include "runtime/dispatcher.h"
#include "runtime/fifo_budget.h"
#include "runtime/run.h"

namespace reelbatch::runtime {

enum class DecodeEnd : uint8_t {
  kDone,      // the outcome is success or empty, or some components alone have failed
  kFailed,    // the outcome is an error
  kStuck,     // stopped by the watchdog, and back
  kRunStops,  // no outcome
  kGivenUp,   // no outcome, and the lane must not touch the run any more
};

struct Decoded {
  DecodeEnd end = DecodeEnd::kRunStops;
  contracts::VideoOutcome outcome;  // without times
  /// kFailed only because a frame was larger than what was admitted.
  std::optional<media::FrameSize> refused_size = std::nullopt;
  /// kDone: its units are not all back yet, and the outcome is in here.
  std::unique_ptr<PendingVideo> pending = nullptr;
};

/// What decoding needs of the run; all shared with the lane, so that it outlives a lane that is
/// given up.
struct DecodeContext {
  const RunDependencies& dependencies;
  const contracts::Sampling& sampling;
  bool skip_loop_filter;
  FifoBudget& permits;
  Dispatcher& units;
  Admission admission;
  media::FrameSize largest;  // that was admitted; 0 x 0: any
  bool fast = false;         // the deadline asks for it
};

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
/// (docs/decisions/0004)
Decoded DecodeVideo(const DecodeContext& context, VideoJob& job);

}  // namespace reelbatch::runtime
