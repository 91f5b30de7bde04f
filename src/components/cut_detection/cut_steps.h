#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "components/component.h"
#include "components/cut_detection/cut_detection_result.h"
#include "components/cut_detection/cut_knobs.h"
#include "components/cut_detection/cut_meter.h"
#include "components/cut_detection/pair_recorder.h"
#include "components/definition.h"
#include "contracts/events.h"

namespace reelbatch::components {

/// A share of what CutMeter does with a frame, for those who measure what it costs. With the knobs'
/// cascade a step has the candidates' share of PairRecorder too.
enum class CutStep : uint8_t {
  kHistogram,
  kSsim,              // the downscale, and SSIM
  kFlow,              // another downscale, and Farneback flow
  kMotionStatistics,  // of that flow
  kBlocks,  // our pictures, the search for blocks, the coarse frame; without kSsim the downscale,
            // too
};
/// "feature_histogram_diff_only", "feature_ssim_only", "feature_farneback_flowmag_only",
/// "motion_statistics_only", "feature_blocks_only". Source: docs/requirements.md, "Steps of a
/// part", as far as it has them.
std::string_view CutStepName(CutStep step);

/// The steps of a meter with these knobs, in their order. What is left of the component is
/// MakeCutDecision().
std::vector<CutStep> CutStepsOf(const CutKnobs& knobs);

/// Does one step of CutMeter alone.
class CutStepMeter final : public StepMeter {
 public:
  CutStepMeter(CutStep step, const CutKnobs& knobs);

  base::Status Prepare(const image::StampedFrame& frame) override;
  void Run(const image::StampedFrame& frame) override;
  void Finish() override;

  /// Of the last frame, as far as the step and what it needs fill it in.
  const CutMeasure& measure() const { return measure_; }
  const PairSignals& cascade_signals() { return recorder_.signals(); }

 private:
  bool InCascade() const;

  const CutStep step_;
  const CutKnobs knobs_;
  CutMeter meter_;
  CutMeasure measure_;
  PairRecorder recorder_;
};

/// As MakeCutDetection(), but without the candidates' SSIM and flow of a cascade, which belong to
/// their steps: what its Take() and Close() take is what is left beside the steps.
std::unique_ptr<Component> MakeCutDecision(const CutKnobs& knobs);

}  // namespace reelbatch::components
