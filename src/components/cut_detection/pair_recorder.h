#pragma once

#include <cstddef>
#include <vector>

#include "components/cut_detection/cut_detection_result.h"
#include "components/cut_detection/cut_knobs.h"
#include "components/cut_detection/cut_meter.h"
#include "contracts/events.h"
#include "image/plane.h"
#include "vision/farneback.h"
#include "vision/ssim.h"

namespace reelbatch::components {

/// Keeps the recorded signals of every pair: histogram difference, SSIM drop, flow magnitude.
///
/// With the knobs' cascade SSIM and flow are measured here, and only for candidates, NaN elsewhere.
/// Which pairs those are depends on other pairs, and a video is never whole in memory: it is
/// decided for every kCascadePairs pairs, as they come. A pair of such a group is a candidate where
/// its histogram difference reaches median + 2 deviations of the last 1024 pairs (the seed
/// threshold) less hist_margin, or is among the keep_top_p largest of its group. Memory: with the
/// cascade the planes of a group, 120 kB a frame at `fast`.
class PairRecorder {
 public:
  static constexpr size_t kCascadePairs = 64;

  /// What is measured of a cascade's candidates; less than all is for those who measure what it
  /// costs.
  struct CandidateSteps {
    bool ssim = true;
    bool flow = true;
  };

  explicit PairRecorder(const CutKnobs& knobs)
      : PairRecorder(knobs, {.ssim = true, .flow = true}) {}
  PairRecorder(const CutKnobs& knobs, CandidateSteps steps) : knobs_(knobs), steps_(steps) {}

  /// The next frame. May swap its planes for others.
  void Push(CutMeasure& measure);
  /// After the last frame.
  void Finish();

  PairSignals& signals() { return signals_; }

 private:
  struct Planes {
    image::Plane<uint8_t> luma;
    image::Plane<uint8_t> flow_luma;
    float flow_mag = 0;  // of the pair that ends here, where all are measured anyway
  };
  void KeepPlanes(CutMeasure& measure);
  void MeasureGroup();
  std::vector<size_t> Candidates(size_t first) const;

  CutKnobs knobs_;
  CandidateSteps steps_;
  size_t frames_ = 0;
  std::vector<Planes> planes_;  // the frames of a group, oldest first
  size_t held_ = 0;
  vision::Ssim ssim_;
  vision::FarnebackFlow candidate_flow_;
  PairSignals signals_;
};

}  // namespace reelbatch::components
