#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"
#include "runtime/frame_shares.h"

namespace reelbatch::engine {

/// What the components of a run want of frames, or of pictures of a second pass.
runtime::FrameRequests FrameRequestsOf(const contracts::RunConfig& config, const Catalog& catalog);

/// Which other components of the run look at other frames than this one, as far as settings say,
/// and at which: "core_optical_flow" -> "5 frames per second".
std::map<std::string, std::string, std::less<>> OtherFrames(
    const contracts::RunConfig& config, const Catalog& catalog,
    const components::ComponentDefinition& definition);

/// Takes out of RunConfig::sampling_of what changes nothing, so that the same sampling is the same
/// configuration however it was written. The components are those of the run. Errors:
/// invalid_argument (the context is the option): a component that does not run or looks at no
/// frames, sizes and rates out of range, a result that is required of a component that looks at
/// other frames.
base::Status SettleFrames(contracts::RunConfig& config, const Catalog& catalog);

}  // namespace reelbatch::engine
