#include "components/cut_detection/cut_detection.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "components/cut_detection/cut_result.h"
#include "components/cut_detection/hard/adaptive.h"
#include "components/cut_detection/hard/decision.h"
#include "components/cut_detection/local_threshold.h"
#include "vision/farneback.h"
#include "vision/histogram.h"
#include "vision/luma.h"
#include "vision/ssim.h"

namespace reelbatch::components {
namespace {

// What noise and coding alone do to a signal, for its evidence flag: a twentieth of the samples in
// another bin; a tenth of the structure; half a sample of motion.
constexpr float kHistFloor = 0.1F;
constexpr float kSsimFloor = 0.1F;
constexpr float kFlowFloor = 0.5F;

class CutDetection final : public Component {
 public:
  explicit CutDetection(contracts::CutKnobs knobs) { result_.knobs = std::move(knobs); }

  std::string_view name() const override { return kCutDetectionName; }

  base::Status Open(const contracts::VideoInfo& info) override {
    frame_s_ = FrameSeconds(info);
    if (info.frames_expected && *info.frames_expected > 0) {
      // A header may claim anything; what an hour holds is reserved, more grows as it comes.
      constexpr int64_t kMostReserved = 216'000;
      Reserve(static_cast<size_t>(std::min(*info.frames_expected, kMostReserved)));
    }
    return {};
  }

  base::Status Process(const image::StampedFrame& frame) override {
    const image::FrameView& view = frame.view;
    if (view.y.empty()) return base::Fail(base::Code::kInvalidArgument, "a frame without samples");
    if (result_.timeline.size() == 0) SetSizes(view);
    result_.timeline.frame_indices.push_back(frame.index);
    result_.timeline.pts_s.push_back(frame.pts_s);
    Measure(view);
    if (adaptive()) collector_.Push(luma_.view(), view, frame.pts_s);
    return {};
  }

  base::Status Close(const contracts::DecodeReport& report,
                     contracts::VideoOutcome& outcome) override {
    std::vector<hard::HardCut> cuts = Decide();
    result_.events = MakeEvents(cuts, result_.timeline, report);
    result_.shots = MakeShots(result_.events, result_.timeline,
                              {.frame_s = frame_s_, .next_s = report.past_range_s});
    result_.warnings = MakeWarnings(report, result_.events, cuts.size());
    outcome.cuts = std::move(result_);
    return {};
  }

 private:
  bool adaptive() const { return result_.knobs.decision == contracts::Decision::kAdaptive; }

  void Reserve(size_t frames) {
    result_.timeline.frame_indices.reserve(frames);
    result_.timeline.pts_s.reserve(frames);
    result_.signals.hist_diff_l1.reserve(frames);
    result_.signals.ssim_drop.reserve(frames);
    result_.signals.flow_mag.reserve(frames);
  }

  // The first frame's: a later change of size is scaled to them, so that pairs stay comparable.
  void SetSizes(const image::FrameView& view) {
    result_.width = view.y.width;
    result_.height = view.y.height;
    luma_size_ = vision::FitMaxSide(view.y.width, view.y.height, result_.knobs.ssim_max_side);
    flow_size_ = vision::FitMaxSide(view.y.width, view.y.height, result_.knobs.flow_max_side);
  }

  void Measure(const image::FrameView& view) {
    const vision::ValueHistogram histogram = vision::ValueHistogramOf(view);
    std::swap(luma_, previous_luma_);
    luma_scaler_.Downscale(view, luma_size_, luma_);
    flow_scaler_.Downscale(view, flow_size_, flow_luma_);
    const bool has_flow = flow_.Push(flow_luma_.view());
    if (result_.timeline.size() > 1) {
      contracts::PairSignals& signals = result_.signals;
      signals.hist_diff_l1.push_back(vision::HistogramL1(previous_histogram_, histogram));
      const auto range =
          result_.knobs.ssim_range_255 ? vision::SsimRange::k255 : vision::SsimRange::kSecondFrame;
      signals.ssim_drop.push_back(
          static_cast<float>(1.0 - ssim_(previous_luma_.view(), luma_.view(), range)));
      signals.flow_mag.push_back(has_flow ? static_cast<float>(flow_.mean_magnitude()) : NAN);
    }
    previous_histogram_ = histogram;
  }

  std::vector<hard::HardCut> Decide() {
    contracts::PairSignals& signals = result_.signals;
    if (!adaptive()) return hard::DecideSeed(signals);
    signals.threshold_hist = LocalThresholds(signals.hist_diff_l1, kHistFloor);
    signals.threshold_ssim = LocalThresholds(signals.ssim_drop, kSsimFloor);
    signals.threshold_flow = LocalThresholds(signals.flow_mag, kFlowFloor);
    const std::vector<hard::PairEvidence> evidence = collector_.Finish();
    auto cuts = hard::DecideAdaptive(evidence, result_.timeline.pts_s, signals.hard_score);
    for (hard::HardCut& cut : cuts) {
      const auto pair = static_cast<size_t>(cut.pair_index);
      cut.evidence = {.hist = signals.hist_diff_l1[pair] > signals.threshold_hist[pair],
                      .ssim = signals.ssim_drop[pair] > signals.threshold_ssim[pair],
                      .flow = signals.flow_mag[pair] > signals.threshold_flow[pair]};
    }
    return cuts;
  }

  contracts::CutDetectionResult result_;
  double frame_s_ = 0;  // by the container
  vision::Size luma_size_;
  vision::Size flow_size_;
  vision::LumaScaler luma_scaler_;
  vision::LumaScaler flow_scaler_;
  image::Plane<uint8_t> luma_;
  image::Plane<uint8_t> previous_luma_;
  image::Plane<uint8_t> flow_luma_;
  vision::ValueHistogram previous_histogram_{};
  vision::Ssim ssim_;
  vision::FarnebackFlow flow_;
  hard::EvidenceCollector collector_;
};

}  // namespace

std::unique_ptr<Component> MakeCutDetection(const contracts::CutKnobs& knobs) {
  return std::make_unique<CutDetection>(knobs);
}

}  // namespace reelbatch::components
