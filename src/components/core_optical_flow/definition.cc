#include "components/definition.h"

#include "components/core_optical_flow/core_optical_flow.h"
#include "components/shared_flow.h"

namespace reelbatch::components {
namespace {

contracts::CostSubject Subject(contracts::Preset preset) {
  contracts::CostSubject subject;
  subject.component = kCoreOpticalFlowName;
  subject.unit = "frame_pair";
  subject.unit_cost_model = "linear in frame pairs: T = pairs * latency_ms_per_unit";
  subject.knobs = {{"flow_max_side", int64_t{FlowMaxSide(preset)}}};
  subject.cross_video_constraints =
      "per-video work: videos run side by side, frames of one are not batched";
  return subject;
}

MeasuredWork Measured(const std::vector<std::string>& /*parts*/, contracts::Preset preset) {
  contracts::CostSubject subject = Subject(preset);
  subject.preset = contracts::PresetName(preset);
  return {.subject = std::move(subject),
          .make = [preset] { return MakeCoreOpticalFlow(FlowMaxSide(preset)); }};
}

}  // namespace

ComponentDefinition CoreOpticalFlowDefinition() {
  return {.name = std::string(kCoreOpticalFlowName),
          .version = std::string(kCoreOpticalFlowVersion),
          // The preset decides on the size of the plane that flow is computed on.
          .run_settings = {"preset", "emergency_fast", "deadline", "loop_filter", "sampling"},
          .schema = "core_optical_flow_npz_v1",
          .npz = "flow.npz",
          .make =
              [](const VideoRequest& request) {
                return MakeCoreOpticalFlow(FlowMaxSide(request.preset.preset));
              },
          .price = [](const VideoRequest& request) -> contracts::PricedWork {
            return {.subject = Subject(request.preset.preset),
                    .measured_by =
                        "reelbatch bench matrix --part core_optical_flow --input real --out DIR"};
          },
          .measured = Measured};
}

}  // namespace reelbatch::components
