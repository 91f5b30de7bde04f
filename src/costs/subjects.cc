#include "costs/subjects.h"

namespace reelbatch::costs {
namespace {

constexpr std::string_view kPerPair = "linear in frame pairs: T = pairs * latency_ms_per_unit";

contracts::Knobs KnobsOf(const contracts::CutKnobs& cut) {
  contracts::Knobs knobs{{"decision", std::string(contracts::DecisionName(cut.decision))},
                         {"flow_max_side", int64_t{cut.flow_max_side}},
                         {"hard_cuts_cascade", cut.hard_cuts_cascade},
                         {"ssim_max_side", int64_t{cut.ssim_max_side}}};
  if (cut.hard_cuts_cascade) {
    knobs["hard_cuts_cascade_keep_top_p"] = cut.cascade_keep_top_p;
    knobs["hard_cuts_cascade_hist_margin"] = cut.cascade_hist_margin;
  }
  if (cut.flow_source != contracts::FlowSource::kFarnebackPx) {
    knobs["flow_source"] = std::string(contracts::FlowSourceName(cut.flow_source));
  }
  return knobs;
}

}  // namespace

std::string CutPartName(const contracts::CutParts& parts) {
  std::string name;
  const auto add = [&](bool runs, std::string_view part) {
    if (runs) name += (name.empty() ? "" : "+") + std::string(part);
  };
  add(parts.hard, "detect_hard_cuts(cpu_no_deep)");
  add(parts.soft, "detect_soft_cuts(cpu)");
  add(parts.motion, "detect_motion_based_cuts(cpu)");
  return name;
}

contracts::CostSubject CutDetectionSubject(const contracts::CutKnobs& knobs) {
  return CutStepSubject(CutPartName(knobs.parts), knobs);
}

contracts::CostSubject CutStepSubject(std::string_view step, const contracts::CutKnobs& knobs) {
  contracts::CostSubject subject;
  subject.component = "cut_detection";
  subject.component_part = step;
  subject.unit = "frame_pair";
  subject.unit_cost_model = kPerPair;
  subject.preset = contracts::PresetName(knobs.preset);
  subject.knobs = KnobsOf(knobs);
  subject.cross_video_constraints =
      "per-video work: videos run side by side, frames of one are not batched";
  subject.uses = {"core_optical_flow"};
  return subject;
}

contracts::CostSubject OpticalFlowSubject(int flow_max_side) {
  contracts::CostSubject subject;
  subject.component = "core_optical_flow";
  subject.unit = "frame_pair";
  subject.unit_cost_model = kPerPair;
  subject.knobs = {{"flow_max_side", int64_t{flow_max_side}}};
  subject.cross_video_constraints =
      "per-video work: videos run side by side, frames of one are not batched";
  return subject;
}

contracts::CostSubject DecodeSubject(std::string_view codec, bool skip_loop_filter) {
  contracts::CostSubject subject;
  subject.component = "decode";
  subject.component_part = codec;
  subject.owner = "fetcher";
  subject.unit = "frame";
  subject.unit_cost_model =
      "affine in megapixels and coded kilobytes of a frame; B-frames and CABAC cost more";
  subject.knobs = {{"loop_filter", std::string(skip_loop_filter ? "skipped" : "kept")}};
  subject.cross_video_constraints = "per-video work: videos run side by side";
  return subject;
}

}  // namespace reelbatch::costs
