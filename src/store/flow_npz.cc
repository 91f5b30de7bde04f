#include "store/flow_npz.h"

#include <fmt/format.h>

#include <vector>

#include "base/json_text.h"
#include "store/npz.h"

namespace reelbatch::store {

using base::Json;
using base::OneLine;

base::Result<std::string> FlowNpz(const contracts::OpticalFlowResult& flow,
                                  const ArtifactIdentity& identity) {
  const size_t frames = flow.timeline.size();
  for (const auto& [name, length] :
       {std::pair("motion_norm_per_sec_mean", flow.motion_norm_per_sec_mean.size()),
        std::pair("dt_seconds", flow.dt_seconds.size())}) {
    if (length == frames) continue;
    return base::Fail(base::Code::kInternal,
                      fmt::format("has {} values for {} frames", length, frames), name);
  }
  std::vector<int32_t> indices;
  indices.reserve(frames);
  for (const contracts::FrameIndex index : flow.timeline.frame_indices) {
    indices.push_back(static_cast<int32_t>(index));
  }
  Json meta = IdentityMeta(identity);
  meta["knobs"] = {{"flow_max_side", flow.flow_max_side}};
  meta["flow_width"] = flow.width;
  meta["flow_height"] = flow.height;
  meta["flow_mag_units"] = "core_optical_flow_norm_per_sec_mean";
  return Npz({I4("frame_indices", indices),
              F4("motion_norm_per_sec_mean", flow.motion_norm_per_sec_mean),
              F4("dt_seconds", flow.dt_seconds), Unicode("meta", OneLine(meta))});
}

}  // namespace reelbatch::store
