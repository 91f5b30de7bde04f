#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "contracts/outcome.h"
#include "image/frame.h"

namespace reelbatch::components {

/// Samples [begin, end) of the sound of a video at kListeningRate, as AudioListener gets them.
struct SoundSpan {
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const SoundSpan&, const SoundSpan&) = default;
};

/// The places of a file that a component needs after the results of other components are known.
struct SeekRequest {
  /// Seconds on the clock of image::FrameStamp::pts_s, ascending. The picture at a time is the last
  /// frame that is not later, or the first frame if all are later.
  std::vector<double> pictures_s = {};
  std::vector<SoundSpan> sound = {};  // ascending, without overlap
  bool empty() const { return pictures_s.empty() && sound.empty(); }
};

/// The part of a component that reads a file a second time, at places that depend on results of
/// other components: pictures in the middle of shots, sound where a person speaks. Threads: those
/// of the component.
class SeekingPart {
 public:
  virtual ~SeekingPart() = default;
  /// Called once, when everything that the component needs or uses has a result in `outcome`, or
  /// has failed. An empty request: there is no second pass for it.
  virtual base::Result<SeekRequest> Want(const contracts::VideoOutcome& outcome) = 0;
  /// Gets the picture of SeekRequest::pictures_s[which], in their order, with the size of its own
  /// sampling. It is valid until the call returns. The call may push units (UnitsFrom::kSeek).
  virtual base::Status TakePicture(size_t /*which*/, const image::StampedFrame& /*picture*/) {
    return {};
  }
  /// Gets sound of SeekRequest::sound[which], in order and without gaps, starting at sample
  /// `first_sample`. If the sound ends early, so does the span. `samples` is valid until the call
  /// returns.
  virtual base::Status HearSpan(size_t /*which*/, std::span<const float> /*samples*/,
                                int64_t /*first_sample*/) {
    return {};
  }
  /// The second pass has ended.
  virtual base::Status EndSeek() { return {}; }
};

}  // namespace reelbatch::components
