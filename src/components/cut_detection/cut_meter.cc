#include "components/cut_detection/cut_meter.h"

#include <limits>
#include <utility>

namespace reelbatch::components {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

}  // namespace

float SsimDropOf(const CutKnobs& knobs, vision::Ssim& ssim, const image::Plane<uint8_t>& before,
                 const image::Plane<uint8_t>& after) {
  const auto range =
      knobs.ssim_range_255 ? vision::SsimRange::k255 : vision::SsimRange::kSecondFrame;
  return static_cast<float>(1.0 - ssim(before.view(), after.view(), range));
}

bool MeasuresAllFlow(const CutKnobs& knobs) {
  return !knobs.hard_cuts_cascade || knobs.parts.motion ||
         knobs.flow_source == FlowSource::kCoreOpticalFlow;
}

base::Status CutMeter::Measure(const image::StampedFrame& frame, FrameMeasure& measure) {
  auto& out = static_cast<CutMeasure&>(measure);
  if (frame.view.y.empty())
    return base::Fail(base::Code::kInvalidArgument, "a frame has no samples");
  Begin(frame, out);
  MakeLuma(frame.view);
  MeasureHistogram(frame.view, out);
  MeasureSsim(out);
  MeasureFlow(frame, out);
  MeasureMotion(frame.pts_s, out);
  if (knobs_.decision == Decision::kAdaptive) MeasurePicture(frame.view, out);
  End(frame, out);
  return {};
}

void CutMeter::Begin(const image::StampedFrame& frame, CutMeasure& out) {
  const image::ImageView<uint8_t>& y = frame.view.y;
  out.size = {.width = y.width, .height = y.height};
  if (started_) return;
  luma_size_ = vision::FitMaxSide(y.width, y.height, knobs_.ssim_max_side);
  flow_size_ = vision::FitMaxSide(y.width, y.height, knobs_.flow_max_side);
}

void CutMeter::MakeLuma(const image::FrameView& frame) {
  luma_scaler_.Downscale(frame, luma_size_, luma_);
}

void CutMeter::MeasureHistogram(const image::FrameView& frame, CutMeasure& out) {
  const vision::ValueHistogram histogram = vision::ValueHistogramOf(frame);
  out.hist_diff_l1 = vision::HistogramL1(previous_histogram_, histogram);
  previous_histogram_ = histogram;
}

void CutMeter::MeasureSsim(CutMeasure& out) {
  out.ssim_drop = kNaN;
  if (started_ && !cascade() && knobs_.parts.hard) {
    out.ssim_drop = SsimDropOf(knobs_, ssim_, previous_luma_, luma_);
  }
}

void CutMeter::MeasureFlow(const image::StampedFrame& frame, CutMeasure& out) {
  out.flow_mag = kNaN;
  has_flow_ = false;
  if (!MeasuresAllFlow(knobs_)) {
    flow_scaler_.Downscale(frame.view, flow_size_, out.flow_luma);
    return;
  }
  has_flow_ = flow_->Advance(frame);
  if (has_flow_) out.flow_mag = static_cast<float>(flow_->flow().mean_magnitude());
}

void CutMeter::MeasureMotion(double pts_s, CutMeasure& out) const {
  out.motion = {};
  if (!has_flow_ || !knobs_.parts.motion) return;
  const vision::FarnebackFlow& flow = flow_->flow();
  out.motion = motion::MeasureMotion(flow.flow_x(), flow.flow_y(), pts_s - previous_s_);
}

void CutMeter::End(const image::StampedFrame& frame, CutMeasure& out) {
  std::swap(luma_, cascade() ? out.luma : previous_luma_);
  previous_s_ = frame.pts_s;
  started_ = true;
}

void CutMeter::MeasurePicture(const image::FrameView& frame, CutMeasure& out) {
  picture_maker_.Make(luma_.view(), frame, out.picture);
  out.change = {};
  if (started_) {
    out.change = {.change = change_meter_.Measure(previous_picture_, out.picture),
                  .colour = hard::ColourDistance(previous_picture_, out.picture)};
  }
  previous_picture_.CopyFrom(out.picture);
  if (knobs_.parts.soft) out.soft.Set(out.picture, frame);
}

}  // namespace reelbatch::components
