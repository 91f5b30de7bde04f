#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "components/component.h"
#include "components/meter_set.h"
#include "contracts/outcome.h"
#include "image/frame.h"

namespace reelbatch::engine {

/// Runs components over frames that the caller pushes, in the caller's thread, as a run does over
/// those of a file. For components that look at frames and have no units. Threads: one caller at a
/// time.
class PushedFrames {
 public:
  /// Errors: what Component::Open() says.
  static base::Result<PushedFrames> Open(
      std::vector<std::unique_ptr<components::Component>> components,
      const contracts::VideoInfo& info);

  /// The next frame, later than the one before, or why there is none. Its samples live until this
  /// returns. Errors: that one, what a component says, out_of_memory. An error is the end: every
  /// later call answers with it.
  base::Status Push(const base::Result<image::FrameView>& view, double time_s);

  /// All frames have come: what a run makes of such a video. Called once, as last.
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
