#pragma once

#include <variant>

#include "runtime/pass.h"

namespace reelbatch::runtime {

/// It has come to its end: what went wrong is in the outcome, by component.
struct SecondPassDone {};

using SecondPassEnd = std::variant<RunStops, LaneLost, WasStuck, SecondPassDone>;

/// Shows the components that seek what they have asked for: pictures first, then sound, in slices
/// that each hold one CPU permit. A file that cannot be read any more is a fault of these
/// components, not of the video: what the first pass gave stays. `video` is in state Decoding;
/// afterwards the phases of these components are ComponentPhase::kWorks.
SecondPassEnd RunSecondPass(const PassContext& context, Video& video, SecondPass& second);

/// CPU time that it is expected to take, to order it by: as of decoding one group of pictures for
/// every picture, in seconds of video of the plan's work.
double SecondPassWork(const VideoPlan& first, const std::vector<SeekTask>& tasks);

}  // namespace reelbatch::runtime
