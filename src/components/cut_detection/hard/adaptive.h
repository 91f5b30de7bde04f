#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "components/cut_detection/hard/adaptive_rules.h"
#include "components/cut_detection/hard/change.h"
#include "components/cut_detection/hard/picture.h"

namespace reelbatch::components::hard {

/// What the samples of a frame say beside those of the frame before it.
struct PairChange {
  Change change;
  float colour = 0;  // ColourDistance
};

/// Collects what the adaptive decision looks at, in one pass over the frames. Memory: the pictures
/// of .45 s, at most 27 frames, to each side, and sizeof(PairEvidence) per pair.
class EvidenceCollector {
 public:
  /// The next frame, and how it differs from the one before (of no meaning with the first). Takes
  /// the picture and leaves an old one in its place. `pts_s` ascends.
  void Push(Picture& picture, const PairChange& change, double pts_s);

  /// One entry per pair. Call once, after the last frame.
  std::vector<PairEvidence> Finish();

 private:
  struct Kept {
    Picture picture;
    double pts_s = 0;
  };
  const Kept& At(size_t frame) const { return *window_[frame - first_]; }
  bool Complete(size_t pair) const;
  // Whether a pair from looked_ on may still look at the frame.
  bool Wanted(size_t frame) const;
  bool WorthLooking(size_t pair) const;
  float Novelty(size_t before, size_t a, size_t b);
  void LookAround(size_t pair);

  ChangeMeter meter_;
  std::deque<std::unique_ptr<Kept>> window_;
  std::vector<std::unique_ptr<Kept>> spare_;
  size_t first_ = 0;   // frame index of window_.front()
  size_t frames_ = 0;  // pushed so far
  size_t looked_ = 0;  // pairs looked around so far
  std::vector<PairEvidence> evidence_;
};

}  // namespace reelbatch::components::hard
