#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/optical_flow.h"
#include "store/artifact_identity.h"

namespace reelbatch::store {

inline constexpr std::string_view kFlowNpzSchema = "core_optical_flow_npz_v1";

/// The bytes of flow.npz. With N frames: frame_indices i4[N], motion_norm_per_sec_mean f4[N] (0 at
/// 0), dt_seconds f4[N] (NaN at 0); meta, a JSON text. Errors: internal (an array's length is not
/// N; names it), out_of_memory. Source: spec, cut_detection, "Reuse of core_optical_flow".
base::Result<std::string> FlowNpz(const contracts::OpticalFlowResult& flow,
                                  const ArtifactIdentity& identity);

}  // namespace reelbatch::store
