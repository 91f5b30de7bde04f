#pragma once

#include "components/cut_detection/hard/picture.h"
#include "vision/block_motion.h"
#include "vision/global_shift.h"

namespace reelbatch::components::hard {

/// How much of two pictures neither motion nor exposure explains.
struct Change {
  float unpredicted =
      0;               // 0..1: share of what both pictures show that the other one cannot predict
  float residual = 0;  // mean cost of the best prediction, levels per sample
};

/// Compares pictures block by block: every block of each is predicted from the other one, moved,
/// and also from the other one brought to its own mean and deviation. Symmetric up to rounding.
/// Threads: one object per thread.
class ChangeMeter {
 public:
  /// Both of one size.
  Change Measure(const Picture& a, const Picture& b);

  /// How well the two lie on each other, coarsely, after one shift of up to half a picture: -1..1.
  /// Near 1 the camera moved, however fast, or grain or light changed; blur does not hide it.
  float Alignment(const Picture& a, const Picture& b);

  /// Whether the change from `a` to `b` goes on as it did from `before` to `a`: what is left of it
  /// when `b` is extrapolated in a straight line, over the change itself. About 0 inside a linear
  /// fade or dissolve, about 1 at a cut. `pace`: time from a to b over the time from before to a.
  /// Call with the three reversed to look the other way.
  float Novelty(const Picture& before, const Picture& a, const Picture& b, float pace);

 private:
  struct Tally {
    double unpredicted = 0;
    double content = 0;
    double cost = 0;
  };
  static Tally Count(const vision::MotionPlane& current, std::span<const int> cost);
  static Change Pool(const Tally& a, const Tally& b, int blocks);
  Tally Predict(const vision::MotionPlane& current, const vision::MotionPlane& reference);

  vision::BlockMatcher matcher_;
  vision::MotionPlane exposed_;
  vision::GlobalShift shift_;
  image::Plane<uint8_t> coarse_a_;
  image::Plane<uint8_t> coarse_b_;
  image::Plane<uint8_t> coarse_c_;
};

}  // namespace reelbatch::components::hard
