#pragma once

#include <string_view>

namespace reelbatch::costs {

/// Names in the documents of the original programs, for which the first checklist was written.

/// The component that a part without one belongs to.
inline constexpr std::string_view kOriginComponent = "cut_detection";

/// Begins with a component, as in error messages.
inline constexpr std::string_view kNoComponent =
    "must begin with a component: cut_detection.detect_soft_cuts(cpu)";

}  // namespace reelbatch::costs
