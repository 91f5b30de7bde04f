#include "components/cut_detection/cut_costs.h"

#include <memory>

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/cut_detection/cut_detection.h"
#include "components/cut_detection/cut_steps.h"

namespace reelbatch::components {
namespace {

constexpr std::string_view kPerPair = "linear in frame pairs: T = pairs * latency_ms_per_unit";

contracts::Knobs CostKnobs(const CutKnobs& cut) {
  contracts::Knobs knobs{{"decision", std::string(DecisionName(cut.decision))},
                         {"flow_max_side", int64_t{cut.flow_max_side}},
                         {"hard_cuts_cascade", cut.hard_cuts_cascade},
                         {"ssim_max_side", int64_t{cut.ssim_max_side}}};
  if (cut.hard_cuts_cascade) {
    knobs["hard_cuts_cascade_keep_top_p"] = cut.cascade_keep_top_p;
    knobs["hard_cuts_cascade_hist_margin"] = cut.cascade_hist_margin;
  }
  if (cut.flow_source != FlowSource::kFarnebackPx) {
    knobs["flow_source"] = std::string(FlowSourceName(cut.flow_source));
  }
  return knobs;
}

}  // namespace

std::string CutPartName(const CutParts& parts) {
  std::string name;
  const auto add = [&](bool runs, std::string_view part) {
    if (runs) name += (name.empty() ? "" : "+") + std::string(part);
  };
  add(parts.hard, "detect_hard_cuts(cpu_no_deep)");
  add(parts.soft, "detect_soft_cuts(cpu)");
  add(parts.motion, "detect_motion_based_cuts(cpu)");
  return name;
}

contracts::CostSubject CutDetectionSubject(const CutKnobs& knobs) {
  return CutStepSubject(CutPartName(knobs.parts), knobs);
}

contracts::CostSubject CutStepSubject(std::string_view step, const CutKnobs& knobs) {
  contracts::CostSubject subject;
  subject.component = kCutDetectionName;
  subject.component_part = step;
  subject.unit = "frame_pair";
  subject.unit_cost_model = kPerPair;
  subject.preset = contracts::PresetName(knobs.preset);
  subject.knobs = CostKnobs(knobs);
  subject.cross_video_constraints =
      "per-video work: videos run side by side, frames of one are not batched";
  subject.uses = {std::string(kCoreOpticalFlowName)};
  return subject;
}

MeasuredWork MeasuredCuts(const std::vector<std::string>& parts, contracts::Preset preset) {
  CutKnobs knobs = KnobsOf(preset);
  knobs.parts = PartsNamed(parts);
  MeasuredWork work{.subject = CutDetectionSubject(knobs),
                    .make = [knobs] { return MakeCutDetection(knobs); }};
  for (const CutStep step : CutStepsOf(knobs)) {
    work.steps.push_back({.name = std::string(CutStepName(step)), .meter = [step, knobs] {
                            return std::make_unique<CutStepMeter>(step, knobs);
                          }});
  }
  work.steps.push_back({.name = "postprocess_only(cached_features)",
                        .after_frames = [knobs] { return MakeCutDecision(knobs); }});
  // Some of what parts share belongs to another step where there is no SSIM.
  work.step_subject = [knobs](std::string_view step) {
    contracts::CostSubject subject = CutStepSubject(step, knobs);
    subject.notes = "step of " + CutPartName(knobs.parts);
    return subject;
  };
  return work;
}

}  // namespace reelbatch::components
