#pragma once

#include <map>
#include <memory>

#include "contracts/preset.h"
#include "image/frame.h"
#include "image/plane.h"
#include "vision/farneback.h"
#include "vision/luma.h"

namespace reelbatch::components {

/// Long side of the plane that flow is computed on, px. Source: docs/requirements.md, "Presets of
/// cut detection".
int FlowMaxSide(contracts::Preset preset);

/// Optical flow of one video at one size, computed once per frame for all users.
/// Threads: one caller at a time.
class SharedFlow {
 public:
  /// `max_side`: long side of the plane on which flow is computed, pixels.
  explicit SharedFlow(int max_side) : max_side_(max_side) {}

  /// Makes `frame` the current frame; calling it again with the same frame costs nothing. True:
  /// there is a flow from the frame before.
  bool Advance(const image::StampedFrame& frame);

  const vision::FarnebackFlow& flow() const { return flow_; }
  int max_side() const { return max_side_; }
  /// The size of the plane: that of the first frame, reduced to `max_side`.
  vision::Size size() const { return size_; }

 private:
  const int max_side_;
  vision::Size size_;
  contracts::FrameIndex current_ = -1;
  bool has_flow_ = false;
  vision::LumaScaler scaler_;
  image::Plane<uint8_t> luma_;
  vision::FarnebackFlow flow_;
};

/// The flows for one pass over the frames, one per size, shared by all users.
class SharedFlows {
 public:
  std::shared_ptr<SharedFlow> OfSide(int max_side);

 private:
  std::map<int, std::shared_ptr<SharedFlow>> flows_;
};

}  // namespace reelbatch::components
