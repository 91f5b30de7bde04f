#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "contracts/outcome.h"
#include "image/frame.h"

namespace reelbatch::components {

/// Samples [begin, end) of a video's sound at kListeningRate, as AudioListener hears it.
struct SoundSpan {
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const SoundSpan&, const SoundSpan&) = default;
};

/// What a component wants of a file once it knows the results of others.
struct SeekRequest {
  /// Seconds on the clock of image::FrameStamp::pts_s, ascending. The picture at a time is the last
  /// frame that is not later; the first frame where all are later.
  std::vector<double> pictures_s = {};
  std::vector<SoundSpan> sound = {};  // ascending, without overlap
  bool empty() const { return pictures_s.empty() && sound.empty(); }
};

/// The part of a component that looks at a file a second time, at places that results of others
/// tell: pictures in the middle of shots, sound where a person speaks. Threads: the component's.
class SeekingPart {
 public:
  virtual ~SeekingPart() = default;
  /// Called once, when everything that the component needs or uses has its result in `outcome`, or
  /// has failed. Nothing wanted: there is no second pass for it.
  virtual base::Result<SeekRequest> Want(const contracts::VideoOutcome& outcome) = 0;
  /// The picture of SeekRequest::pictures_s[which], in their order; of its own sampling's size.
  /// Lives until the call returns. It may push units (UnitsFrom::kSeek).
  virtual base::Status TakePicture(size_t /*which*/, const image::StampedFrame& /*picture*/) {
    return {};
  }
  /// Sound of SeekRequest::sound[which], in order and without gaps from sample `first_sample` on.
  /// Sound that ends early ends the span early. `samples` live until the call returns.
  virtual base::Status HearSpan(size_t /*which*/, std::span<const float> /*samples*/,
                                int64_t /*first_sample*/) {
    return {};
  }
  /// Nothing more comes.
  virtual base::Status EndSeek() { return {}; }
};

}  // namespace reelbatch::components
