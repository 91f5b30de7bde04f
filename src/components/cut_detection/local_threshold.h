#pragma once

#include <span>
#include <vector>

namespace reelbatch::components {

/// Where a value stands out among its neighbours: median + max(3 robust deviations, floor) of the
/// others within 12 to each side (the deviation is 1.4826 MAD, which for normal noise is the
/// standard one). NaN values are left out; with nothing left the threshold is NaN, above which
/// nothing lies. `floor`: what noise alone may do, in the signal's unit.
std::vector<float> LocalThresholds(std::span<const float> values, float floor);

}  // namespace reelbatch::components
