#pragma once

#include <memory>

#include "components/component.h"
#include "components/cut_detection/cut_knobs.h"
#include "components/cut_detection/hard/adaptive.h"
#include "components/cut_detection/hard/change.h"
#include "components/cut_detection/hard/picture.h"
#include "components/cut_detection/motion/motion_part.h"
#include "components/cut_detection/soft/soft_part.h"
#include "components/shared_flow.h"
#include "contracts/events.h"
#include "image/plane.h"
#include "vision/histogram.h"
#include "vision/luma.h"
#include "vision/ssim.h"

namespace reelbatch::components {

/// What cut_detection keeps of a frame. What belongs to the pair that ends with it means nothing
/// where there is no frame before.
struct CutMeasure final : FrameMeasure {
  vision::Size size;  // of the frame
  float hist_diff_l1 = 0;
  float ssim_drop = 0;              // NaN: not measured
  float flow_mag = 0;               // NaN: not measured
  image::Plane<uint8_t> luma;       // as SSIM sees it; with a cascade only
  image::Plane<uint8_t> flow_luma;  // where a cascade measures flow
  hard::Picture picture;            // the rest: as far as the knobs ask for it
  hard::PairChange change;
  soft::SoftMeasure soft;
  motion::MotionMeasure motion;
};

/// SSIM of a pair as the signal has it, 1 - SSIM.
float SsimDropOf(const CutKnobs& knobs, vision::Ssim& ssim, const image::Plane<uint8_t>& before,
                 const image::Plane<uint8_t>& after);

/// Whether flow is measured for every pair, although a cascade measures the signals of candidates
/// alone.
bool MeasuresAllFlow(const CutKnobs& knobs);

/// Looks at the samples for cut_detection: histogram, downscales, flow, pictures.
class CutMeter final : public FrameMeter {
 public:
  CutMeter(const CutKnobs& knobs, std::shared_ptr<SharedFlow> flow)
      : knobs_(knobs), flow_(std::move(flow)) {}

  std::unique_ptr<FrameMeasure> NewMeasure() const override {
    return std::make_unique<CutMeasure>();
  }
  /// The first frame's size stays the measure of all. Errors: invalid_argument (no samples).
  base::Status Measure(const image::StampedFrame& frame, FrameMeasure& out) override;

 private:
  friend class CutStepMeter;  // measures what each of these costs

  bool cascade() const { return knobs_.hard_cuts_cascade; }
  // In this order, between Begin() and End(). Each needs those before it that it names.
  void Begin(const image::StampedFrame& frame, CutMeasure& out);
  void MakeLuma(const image::FrameView& frame);
  void MeasureHistogram(const image::FrameView& frame, CutMeasure& out);
  void MeasureSsim(CutMeasure& out);  // MakeLuma
  void MeasureFlow(const image::StampedFrame& frame, CutMeasure& out);
  void MeasureMotion(double pts_s, CutMeasure& out) const;              // MeasureFlow
  void MeasurePicture(const image::FrameView& frame, CutMeasure& out);  // MakeLuma
  void End(const image::StampedFrame& frame, CutMeasure& out);

  const CutKnobs knobs_;
  const std::shared_ptr<SharedFlow> flow_;
  bool started_ = false;
  bool has_flow_ = false;  // flow_ holds the flow to this frame
  vision::Size luma_size_;
  vision::Size flow_size_;
  vision::LumaScaler luma_scaler_;
  vision::LumaScaler flow_scaler_;
  vision::Ssim ssim_;
  hard::PictureMaker picture_maker_;
  hard::ChangeMeter change_meter_;
  image::Plane<uint8_t> luma_;
  // Of the frame before.
  image::Plane<uint8_t> previous_luma_;
  vision::ValueHistogram previous_histogram_{};
  hard::Picture previous_picture_;
  double previous_s_ = 0;
};

}  // namespace reelbatch::components
