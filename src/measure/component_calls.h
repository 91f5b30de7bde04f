#pragma once

#include <functional>

#include "base/clock.h"
#include "measure/frame_stack.h"
#include "measure/protocol.h"
#include "measure/work.h"

namespace reelbatch::measure {

/// One copy of a work: makes a call and returns its time. Threads: one caller at a time;
/// copies of the same work may run at the same time.
using OneCall = std::function<base::Result<CallTime>()>;

/// Processes every frame of the stack, as a run does for a video: for a part, from the creation of
/// its components through Open(), Measure() and Take() of every frame to Close(); for a step, only
/// its own work is measured. `clock` and `stack` must outlive it. Errors of calls: those of the
/// component; internal (a step that the part does not have).
OneCall CallOf(const Work& work, const FrameStack& stack, const base::Clock& clock);

/// `copies` of a call that begin together, each on its own thread; a single one runs on the thread
/// of the caller. The result has a time per copy.   Errors: that of the first copy that fails;
/// out_of_memory (no thread).
TimedCall SideBySide(const std::function<OneCall()>& make, int copies);

/// Runs the part of `work` once; `before_end` is called when all is done and no memory is released
/// yet. Errors: those of the component.
base::Status RunOnce(const Work& work, const FrameStack& stack,
                     const std::function<void()>& before_end);

}  // namespace reelbatch::measure
