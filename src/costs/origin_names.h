#pragma once

#include <string_view>

namespace reelbatch::costs {

/// Names that stand in the documents of the system that the first checklist was written for.

/// The component that a part without one belongs to.
inline constexpr std::string_view kOriginComponent = "cut_detection";

/// Begins with a component, as error messages show it.
inline constexpr std::string_view kNoComponent =
    "must begin with a component: cut_detection.detect_soft_cuts(cpu)";

}  // namespace reelbatch::costs
