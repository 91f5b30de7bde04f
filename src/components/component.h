#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "contracts/outcome.h"
#include "contracts/video.h"
#include "image/frame.h"

namespace reelbatch::components {

class AudioListener;
class SeekingPart;
class SharedFlows;

/// The values that a component keeps of one frame between FrameMeter::Measure() and
/// Component::Take().
class FrameMeasure {
 public:
  FrameMeasure() = default;
  virtual ~FrameMeasure() = default;
  FrameMeasure(const FrameMeasure&) = delete;
  FrameMeasure& operator=(const FrameMeasure&) = delete;
};

/// The part of a component that reads samples of frames. It knows the current frame and the one
/// measured before, and nothing else, so that ranges of one video can be measured at the same time,
/// each by its own meter. A meter that was given the last frame before its range first gives the
/// same values as a meter that was given the whole video. Threads: one caller at a time.
class FrameMeter {
 public:
  virtual ~FrameMeter() = default;
  virtual std::unique_ptr<FrameMeasure> NewMeasure() const = 0;
  /// `out` comes from NewMeasure() of a meter of the same component and is overwritten completely.
  virtual base::Status Measure(const image::StampedFrame& frame, FrameMeasure& out) = 0;
};

/// Makes the artifacts of one video: call Open(), then Take() for every frame in order, then
/// Close(). One object per video.
/// Threads: one caller at a time; its meters may run in other threads.
class Component {
 public:
  virtual ~Component() = default;
  virtual std::string_view name() const = 0;
  virtual base::Status Open(const contracts::VideoInfo& info) = 0;
  /// Its audio input, if it uses the sound (components/audio.h); the same object at every call.
  /// Null: it does not use the sound.
  virtual AudioListener* audio() { return nullptr; }
  /// The part that reads the file a second time (components/seeking.h); the same object at every
  /// call. Null: it has none.
  virtual SeekingPart* seeking() { return nullptr; }
  /// False: it gets no meter and no frame. A video for which all components return false is not
  /// decoded, except for its sound.
  virtual bool looks_at_frames() const { return true; }
  /// Makes a meter, if it analyses frames. Call it after Open(), also during Take(), from any
  /// thread. `flows` is shared by all meters of the same frames.
  virtual std::unique_ptr<FrameMeter> MakeMeter(SharedFlows& flows) const = 0;
  /// Adds the next frame, as measured. It may swap buffers with `measure`.
  virtual base::Status Take(const image::FrameStamp& stamp, FrameMeasure& measure) = 0;
  /// Writes its result to `outcome`. Called once, also after 0 or 1 frames.
  virtual base::Status Close(const contracts::DecodeReport& report,
                             contracts::VideoOutcome& outcome) = 0;
  /// Called after Close(), when all units of the video have results and the results of all
  /// components are in `outcome`: for components that need the result of a component whose work is
  /// batched. Called once, in the order of dependencies; not if Close() or a required component
  /// failed.
  virtual base::Status Conclude(contracts::VideoOutcome& outcome) {
    static_cast<void>(outcome);
    return {};
  }
};

}  // namespace reelbatch::components
