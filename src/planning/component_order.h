#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/component_spec.h"

namespace reelbatch::planning {

/// The components of `wanted`, each after those that it needs and uses; otherwise in the
/// order of `wanted`. Repeats count once. An optional dependency on a component that is not wanted
/// is ignored. Threads: pure, any. Errors:  invalid_argument: a name that is not in `known`, in
/// `wanted` or as a dependency (the message names the component that needs it); a required
///          component that is not wanted; a cycle (the message has the path: "a -> b -> a").
/// Example: cut_detection and core_optical_flow are wanted, and the first uses the second ->
/// core_optical_flow, cut_detection.
base::Result<std::vector<std::string>> OrderComponents(
    const std::vector<contracts::ComponentSpec>& known, const std::vector<std::string>& wanted);

}  // namespace reelbatch::planning
