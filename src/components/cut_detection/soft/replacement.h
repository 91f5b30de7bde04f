#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "components/cut_detection/soft/coarse_frame.h"
#include "components/cut_detection/soft/front.h"
#include "components/cut_detection/soft/gradual.h"
#include "components/cut_detection/soft/ramp.h"
#include "vision/global_shift.h"

namespace reelbatch::components::soft {

/// Finds dissolves and wipes: windows in which one picture replaces another, little by little
/// everywhere, or place by place behind a front. Memory: the coarse frames of the longest window,
/// at most 130 of 2.4 kB, and a few numbers per window that looks like one.
class ReplacementFinder {
 public:
  /// The next frame of the timeline. `activity`: mean activity of the picture's blocks, levels.
  void Push(const CoarseFrame& frame, float activity, double pts_s);

  /// Dissolves and wipes by time; they do not overlap. Call once, after the last frame.
  std::vector<Gradual> Finish();

  /// What nearly was one, in no order; may share frames with those.
  std::vector<Gradual> Near() const;

 private:
  struct Kept {
    CoarseFrame frame;
    float activity = 0;
    double pts_s = 0;
    size_t index = 0;
  };
  // A window that holds a transition, and how good it is among its like.
  struct Candidate {
    Gradual gradual;
    float score = 0;
    size_t at =
        0;  // frames kept when it was found: windows do not reach further back than the ring
  };

  void LookAt(size_t length);
  void LookForDissolve(size_t first, const Ramp& ramp);
  void LookForWipe(size_t first);
  bool LookForFront(size_t first, size_t lag);
  float Dip(size_t start, size_t end) const;
  float Alike(const CoarseFrame& a, const CoarseFrame& b);
  void Propose(contracts::EventType type, size_t start, size_t end, float margin, float score);
  void Add(std::vector<Candidate>& all, const Candidate& candidate) const;

  std::vector<Kept> ring_;
  size_t kept_ = 0;    // so far
  size_t frames_ = 0;  // pushed so far
  const Kept& At(size_t number) const { return ring_[number % ring_.size()]; }

  std::vector<Between> places_;
  std::vector<double> times_;
  FrontFinder front_;
  vision::GlobalShift shift_;
  std::vector<Candidate> dissolves_;
  std::vector<Candidate> wipes_;
  std::vector<Candidate> near_;
};

}  // namespace reelbatch::components::soft
