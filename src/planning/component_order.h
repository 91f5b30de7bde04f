#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/component_spec.h"

namespace reelbatch::planning {

/// The components of `wanted`, each after what it needs and uses; where nothing decides, in the
/// order of `wanted`. Repeats count once. An optional edge to a component that is not wanted is no
/// edge. Threads: pure, any. Errors:  invalid_argument: a name that `known` does not have, in
/// `wanted` or as an edge (names who needs it); a hard
///          need that is not wanted; a cycle (names the path: "a -> b -> a").
/// Example: wanted cut_detection, core_optical_flow, and the first uses the second ->
/// core_optical_flow, cut_detection.
base::Result<std::vector<std::string>> OrderComponents(
    const std::vector<contracts::ComponentSpec>& known, const std::vector<std::string>& wanted);

}  // namespace reelbatch::planning
