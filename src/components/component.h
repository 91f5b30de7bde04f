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

/// What a component keeps of one frame between FrameMeter::Measure() and Component::Take().
class FrameMeasure {
 public:
  FrameMeasure() = default;
  virtual ~FrameMeasure() = default;
  FrameMeasure(const FrameMeasure&) = delete;
  FrameMeasure& operator=(const FrameMeasure&) = delete;
};

/// The part of a component that looks at samples. It knows a frame and the one measured before it,
/// nothing else, so that stretches of one video can be measured side by side, each by a meter of
/// its own: one that is shown the last frame before its stretch first says the same as one that
/// saw the whole video. Threads: one caller at a time.
class FrameMeter {
 public:
  virtual ~FrameMeter() = default;
  virtual std::unique_ptr<FrameMeasure> NewMeasure() const = 0;
  /// `out` comes from NewMeasure() of a meter of the same component and is written whole.
  virtual base::Status Measure(const image::StampedFrame& frame, FrameMeasure& out) = 0;
};

/// A named producer of artifacts for one video: Open, then Take for every frame in order, then
/// Close. One object per video. Threads: one caller at a time, beside its meters.
class Component {
 public:
  virtual ~Component() = default;
  virtual std::string_view name() const = 0;
  virtual base::Status Open(const contracts::VideoInfo& info) = 0;
  /// Its audio input, if it uses the sound (components/audio.h); the same object at every call.
  /// Null: it does not use the sound.
  virtual AudioListener* audio() { return nullptr; }
  /// The part that looks at the file a second time (components/seeking.h); the same one at every
  /// call. Null: it does not.
  virtual SeekingPart* seeking() { return nullptr; }
  /// False: it gets no meter and no frame. A video whose components all say so is not decoded, but
  /// for its sound.
  virtual bool looks_at_frames() const { return true; }
  /// Where it looks at frames. After Open(); also beside Take(), from other threads. `flows`: what
  /// all meters share that are shown the same frames.
  virtual std::unique_ptr<FrameMeter> MakeMeter(SharedFlows& flows) const = 0;
  /// The next frame, as measured. May take buffers out of `measure` and leave others there.
  virtual base::Status Take(const image::FrameStamp& stamp, FrameMeasure& measure) = 0;
  /// Puts its result into `outcome`. Called once, also after 0 or 1 frames.
  virtual base::Status Close(const contracts::DecodeReport& report,
                             contracts::VideoOutcome& outcome) = 0;
  /// After Close(), once every unit of the video has come back and every component's result is in
  /// `outcome`: for what waits for the result of a component whose work is batched. Called once, in
  /// the order of dependencies; not where Close() or a need failed.
  virtual base::Status Conclude(contracts::VideoOutcome& outcome) {
    static_cast<void>(outcome);
    return {};
  }
};

}  // namespace reelbatch::components
