#pragma once

#include <variant>

#include "runtime/pass.h"

namespace reelbatch::runtime {

/// The second pass has ended: errors are in the outcome, by component.
struct SecondPassDone {};

using SecondPassEnd = std::variant<RunStops, LaneLost, WasStuck, SecondPassDone>;

/// Gives the components the pictures and sound that they requested for a second pass: pictures
/// first, then sound, in slices that each hold one CPU permit. A file that cannot be read any more
/// is a fault of these components, not of the video: results of the first pass are kept. `video` is
/// in state Decoding; afterwards the phases of these components are ComponentPhase::kWorks.
SecondPassEnd RunSecondPass(const PassContext& context, Video& video, SecondPass& second);

/// Predicted CPU time, which orders second passes: that of decoding one group of pictures for
/// every picture, in seconds of video of the plan's work.
double SecondPassWork(const VideoPlan& first, const std::vector<SeekTask>& tasks);

}  // namespace reelbatch::runtime
