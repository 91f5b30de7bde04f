#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"
#include "runtime/frame_shares.h"

namespace reelbatch::engine {

/// The frames that the components of a run need, or the pictures of a second pass.
runtime::FrameRequests FrameRequestsOf(const contracts::RunConfig& config, const Catalog& catalog);

/// The other components of the run that analyse other frames than this one, as far as the settings
/// tell, and which frames: "core_optical_flow" -> "5 frames per second".
std::map<std::string, std::string, std::less<>> OtherFrames(
    const contracts::RunConfig& config, const Catalog& catalog,
    const components::ComponentDefinition& definition);

/// Removes entries without effect from RunConfig::sampling_of, so that the same sampling is always
/// the same configuration. The components are those of the run. Errors: invalid_argument (the
/// context is the option): a component that does not run or analyses no frames, sizes and rates out
/// of range, or a required result of a component that analyses other frames.
base::Status SettleFrames(contracts::RunConfig& config, const Catalog& catalog);

}  // namespace reelbatch::engine
