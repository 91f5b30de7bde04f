#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "components/component.h"
#include "components/meter_set.h"
#include "contracts/outcome.h"
#include "image/frame.h"

namespace reelbatch::engine {

/// Runs components on frames that the caller pushes, in the caller's thread, in the same way as a
/// run does for the frames of a file. For components that analyse frames and have no units.
/// Threads: one caller at a time.
class PushedFrames {
 public:
  /// Errors: those of Component::Open().
  static base::Result<PushedFrames> Open(
      std::vector<std::unique_ptr<components::Component>> components,
      const contracts::VideoInfo& info);

  /// Adds the next frame, which is later than the one before, or the reason why there is none. Its
  /// samples must be valid until this returns. Errors: that reason, errors of components,
  /// out_of_memory. An error is final: every later call returns it, too.
  base::Status Push(const base::Result<image::FrameView>& view, double time_s);

  /// Ends the input, and returns the outcome as for a video of a run. Call it once, at the end.
  base::Result<contracts::VideoOutcome> Finish();

 private:
  PushedFrames(std::vector<std::unique_ptr<components::Component>> components,
               const contracts::VideoInfo& info);
  base::Status Measure(const image::StampedFrame& frame);
  base::Result<contracts::VideoOutcome> Close();

  std::vector<std::unique_ptr<components::Component>> components_;
  components::MeterSet meters_;
  components::FrameMeasures measures_;
  contracts::VideoInfo info_;
  contracts::DecodeReport report_;
  base::Status failed_;
};

}  // namespace reelbatch::engine
