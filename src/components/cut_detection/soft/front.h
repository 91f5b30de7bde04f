#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "components/cut_detection/soft/coarse_frame.h"

namespace reelbatch::components::soft {

/// A straight front of change that crosses the picture at one pace: a wipe.
struct Front {
  double start = 0;  // when it enters and leaves the picture, in frames of the window
  double end = 0;
  float order = 0;  // how much of the times at which the samples changed the front explains, 0..1
  float close = 0;  // share of the changed samples that change when the front is near
  float share = 0;  // share of all samples that changed
};

/// Notes for every luma sample when it changes most. Movement within the shots before and after
/// does not matter as long as it changes less than the passing from one to the other.
/// Threads: one object per thread. Buffers are kept.
class FrontFinder {
 public:
  /// `lag`: changes are looked at over so many frames; more than one sees soft edges, which pass a
  /// sample slowly, and more of the movement.
  void Begin(const CoarseFrame& first, int lag = 1);
  /// A frame and the one `lag` after it; from the first frame of the window on.
  void Add(const CoarseFrame& frame, const CoarseFrame& later);
  /// None where a third of the samples or more do not change, or without an order.
  std::optional<Front> Fit();

 private:
  int width_ = 0;
  int height_ = 0;
  int lag_ = 1;
  uint8_t pairs_ = 0;  // added so far
  std::vector<uint8_t> most_;
  std::vector<uint8_t> when_;
};

}  // namespace reelbatch::components::soft
