#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "components/shared_flow.h"
#include "contracts/cuts.h"
#include "image/frame.h"
#include "image/plane.h"
#include "vision/farneback.h"
#include "vision/histogram.h"
#include "vision/luma.h"
#include "vision/ssim.h"

namespace reelbatch::components {

/// Measures the recorded signals of every pair: histogram difference, SSIM drop, flow magnitude.
///
/// With the knobs' cascade SSIM and flow are measured only for candidates, NaN elsewhere. Which
/// pairs those are depends on other pairs, and a video is never whole in memory: it is decided for
/// every kCascadePairs pairs, as they come. A pair of such a group is a candidate where its
/// histogram difference reaches median + 2 deviations of the last 1024 pairs (the seed's threshold)
/// less hist_margin, or is among the keep_top_p largest of its group. Memory: two frames' planes;
/// with the cascade those of a group, 120 kB each at `fast`.
class PairMeter {
 public:
  static constexpr size_t kCascadePairs = 64;

  /// `flow` is shared with whoever else wants the flow of the same frames; flow() of every pair is
  /// there but with a cascade, where only `all_flow` makes it so.
  PairMeter(const contracts::CutKnobs& knobs, std::shared_ptr<SharedFlow> flow, bool all_flow)
      : knobs_(knobs), flow_(std::move(flow)), all_flow_(all_flow) {}

  /// The next frame. The first one's size stays the measure of all.
  void Push(const image::StampedFrame& frame);
  /// After the last frame.
  void Finish();

  /// Downscaled luma of the newest frame, as SSIM sees it.
  image::ImageView<uint8_t> luma() const { return planes_[newest_].luma.view(); }
  /// Whether there is a flow to the newest frame.
  bool has_flow() const { return has_flow_; }
  const vision::FarnebackFlow& flow() const { return flow_->flow(); }

  contracts::PairSignals& signals() { return signals_; }

 private:
  struct Planes {
    image::Plane<uint8_t> luma;
    image::Plane<uint8_t> flow_luma;
  };
  bool cascade() const { return knobs_.hard_cuts_cascade; }
  bool flow_of_candidates() const { return cascade() && !all_flow_; }
  void MeasureNewest(const image::StampedFrame& frame);
  void MeasureGroup();
  std::vector<size_t> Candidates(size_t first) const;
  float SsimDrop(const Planes& before, const Planes& after);

  contracts::CutKnobs knobs_;
  std::shared_ptr<SharedFlow> flow_;
  bool all_flow_;
  vision::Size luma_size_;
  vision::Size flow_size_;
  vision::LumaScaler luma_scaler_;
  vision::LumaScaler flow_scaler_;
  std::vector<Planes> planes_;  // two that take turns, or the frames of a group, oldest first
  size_t newest_ = 0;
  size_t frames_ = 0;
  bool has_flow_ = false;
  vision::ValueHistogram histogram_{};
  vision::Ssim ssim_;
  vision::FarnebackFlow candidate_flow_;
  std::vector<float> all_flow_mag_;  // of the pairs of a group, where all are measured anyway
  contracts::PairSignals signals_;
};

}  // namespace reelbatch::components
