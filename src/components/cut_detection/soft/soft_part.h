#pragma once

#include <span>
#include <vector>

#include "components/cut_detection/cut_detection_result.h"
#include "components/cut_detection/cut_knobs.h"
#include "components/cut_detection/hard/decision.h"
#include "components/cut_detection/hard/picture.h"
#include "components/cut_detection/soft/coarse_frame.h"
#include "components/cut_detection/soft/gradual.h"
#include "components/cut_detection/soft/replacement.h"
#include "contracts/events.h"
#include "image/frame.h"

namespace reelbatch::components::soft {

/// What the soft part keeps of one frame.
struct SoftMeasure {
  CoarseFrame coarse;
  FrameLook look;
  float activity = 0;  // mean of the picture's blocks, levels

  /// `picture`: what the hard part made of `frame`.
  void Set(const hard::Picture& picture, const image::FrameView& frame);
};

/// Gradual transitions of one video, in one pass. Memory: 0.4 MB, and 16 bytes per frame.
class SoftPart {
 public:
  /// The next frame of the timeline.
  void Push(const SoftMeasure& measure, double pts_s);

  struct Found {
    std::vector<Gradual> graduals;  // fades, dissolves and wipes by time; they do not overlap
    std::vector<Gradual> near;      // below the threshold; none shares a frame with those
  };
  /// `cuts`: as decided, by time. Call once, after the last frame.
  Found Finish(std::span<const double> pts_s, std::span<const hard::HardCut> cuts);

  /// Fills the values per frame.
  void FillSignals(SoftSignals& signals) const;

 private:
  std::vector<FrameLook> looks_;
  ReplacementFinder replacements_;
};

/// Of fades and replacements that share a frame, the fade: a flat picture is the surer sign.
std::vector<Gradual> Merge(std::span<const Gradual> fades, std::span<const Gradual> replacements);

/// One transition, one event. A cut within a fade is its step to or from the flat picture and is
/// left out of `cuts`; a dissolve or a wipe with a cut within is left out of `graduals`: something
/// sudden in it says that it is none. Both by time; `pair_index` of a cut is its last old frame.
void Reconcile(std::vector<hard::HardCut>& cuts, std::vector<Gradual>& graduals);

}  // namespace reelbatch::components::soft
