#pragma once

#include <functional>

#include "base/clock.h"
#include "measure/frame_stack.h"
#include "measure/protocol.h"
#include "measure/work.h"

namespace reelbatch::measure {

/// One copy of a work: makes a call and says how long it took. Threads: one caller at a time;
/// copies of the same work may run side by side.
using OneCall = std::function<base::Result<CallTime>()>;

/// Walks over every frame of the stack, as a run does over a video: a part from the making of its
/// components through Open(), Measure() and Take() of every frame to Close(); a step as far as it
/// goes, what it needs of others outside the clock. `clock` and `stack` outlive it. Errors of
/// calls: those of the component; internal (a step that the part does not have).
OneCall CallOf(const Work& work, const FrameStack& stack, const base::Clock& clock);

/// `copies` of a call that begin together, each on a thread of its own; with one, on the caller's.
/// The answer has a time per copy.   Errors: the first copy's that fails; out_of_memory (no
/// thread).
TimedCall SideBySide(const std::function<OneCall()>& make, int copies);

/// The part of `work` once; `before_end` is called when all is done and nothing is given back yet.
/// Errors: those of the component.
base::Status RunOnce(const Work& work, const FrameStack& stack,
                     const std::function<void()>& before_end);

}  // namespace reelbatch::measure
