#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "planning/decide.h"

namespace reelbatch::app {

/// Printed below tables with a column "limiting factor".
inline constexpr std::string_view kLimitingFactorNote =
    "batch sizes: batches x units; `reelbatch plan --help` explains the limiting factors\n";

/// "203 x 16, 1 x 15": how often which size, the four most frequent.
std::string SizesText(const std::map<int, int64_t>& sizes);
/// "component_cap 203, tail 1".
std::string BindingsText(const std::array<int64_t, planning::kBindings>& by_binding);
/// Mean of the sizes; 0 without any.
double MeanSize(const std::map<int, int64_t>& sizes);

}  // namespace reelbatch::app
