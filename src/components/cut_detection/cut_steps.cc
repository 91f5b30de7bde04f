#include "components/cut_detection/cut_steps.h"

namespace reelbatch::components {

std::string_view CutStepName(CutStep step) {
  switch (step) {
    case CutStep::kHistogram:
      return "feature_histogram_diff_only";
    case CutStep::kSsim:
      return "feature_ssim_only";
    case CutStep::kFlow:
      return "feature_farneback_flowmag_only";
    case CutStep::kMotionStatistics:
      return "motion_statistics_only";
    case CutStep::kBlocks:
      return "feature_blocks_only";
  }
  return "";
}

std::vector<CutStep> CutStepsOf(const CutKnobs& knobs) {
  std::vector<CutStep> steps{CutStep::kHistogram};
  if (knobs.parts.hard) steps.push_back(CutStep::kSsim);
  steps.push_back(CutStep::kFlow);
  if (knobs.parts.motion) steps.push_back(CutStep::kMotionStatistics);
  if (knobs.decision == Decision::kAdaptive) steps.push_back(CutStep::kBlocks);
  return steps;
}

CutStepMeter::CutStepMeter(CutStep step, const CutKnobs& knobs)
    : step_(step),
      knobs_(knobs),
      meter_(knobs, std::make_shared<SharedFlow>(knobs.flow_max_side)),
      recorder_(knobs, {.ssim = step == CutStep::kSsim, .flow = step == CutStep::kFlow}) {}

bool CutStepMeter::InCascade() const {
  if (!knobs_.hard_cuts_cascade) return false;
  return step_ == CutStep::kSsim || (step_ == CutStep::kFlow && !MeasuresAllFlow(knobs_));
}

base::Status CutStepMeter::Prepare(const image::StampedFrame& frame) {
  if (frame.view.y.empty())
    return base::Fail(base::Code::kInvalidArgument, "a frame has no samples");
  meter_.Begin(frame, measure_);
  if (InCascade()) meter_.MeasureHistogram(frame.view, measure_);
  if (step_ == CutStep::kMotionStatistics) meter_.MeasureFlow(frame, measure_);
  if (step_ == CutStep::kBlocks && knobs_.parts.hard) meter_.MakeLuma(frame.view);
  return {};
}

void CutStepMeter::Run(const image::StampedFrame& frame) {
  switch (step_) {
    case CutStep::kHistogram:
      meter_.MeasureHistogram(frame.view, measure_);
      break;
    case CutStep::kSsim:
      meter_.MakeLuma(frame.view);
      meter_.MeasureSsim(measure_);
      break;
    case CutStep::kFlow:
      meter_.MeasureFlow(frame, measure_);
      break;
    case CutStep::kMotionStatistics:
      meter_.MeasureMotion(frame.pts_s, measure_);
      break;
    case CutStep::kBlocks:
      if (!knobs_.parts.hard) meter_.MakeLuma(frame.view);
      meter_.MeasurePicture(frame.view, measure_);
      break;
  }
  meter_.End(frame, measure_);
  if (InCascade()) recorder_.Push(measure_);
}

void CutStepMeter::Finish() {
  if (InCascade()) recorder_.Finish();
}

}  // namespace reelbatch::components
