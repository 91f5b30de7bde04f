#pragma once

#include <cstdint>
#include <memory>

#include "image/plane.h"

namespace reelbatch::vision {

/// Dense optical flow by Farneback's polynomial expansion, with the parameters that the signal is
/// defined by: pyr_scale .5, levels 3, winsize 15, iterations 3, poly_n 5, poly_sigma 1.2, flags 0
/// (box window). The previous frame's pyramid and expansion are kept for the next pair.
///
/// Error: mean magnitude within 1 % or .01 px of OpenCV's calcOpticalFlowFarneback; never NaN. Two
/// exceptions: sides under 10 px, where OpenCV's test for the border weights wraps around, and
/// strictly one-dimensional patterns (stripes), where rounding decides in both. The vector targets
/// agree in every bit, flow and mean; the scalar reference's mean magnitude lies within 1e-4 of
/// theirs, one-dimensional patterns excepted again. Threads: one object per thread. Memory: about
/// 75 bytes a sample, allocated with the first pair.
class FarnebackFlow {
 public:
  FarnebackFlow();
  ~FarnebackFlow();
  FarnebackFlow(const FarnebackFlow&) = delete;
  FarnebackFlow& operator=(const FarnebackFlow&) = delete;

  /// Takes the next frame. True when there is now a pair and flow() holds its flow, from the
  /// previous frame to this one. A change of size starts anew; so does an empty plane.
  bool Push(image::ImageView<uint8_t> luma);

  /// Forgets the previous frame.
  void Reset();

  /// Mean length of the flow vectors, px; 0 where there is no pair.
  double mean_magnitude() const;

  /// The flow, of the frame's size; 0 x 0 where there is no pair. Valid until the next Push.
  const image::Plane<float>& flow_x() const;
  const image::Plane<float>& flow_y() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reelbatch::vision
