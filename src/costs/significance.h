#pragma once

#include <optional>
#include <span>

namespace reelbatch::costs {

/// Two-sided p-value of Welch's t-test: how likely means so far apart are if both samples are of
/// one mean. None: fewer than two samples on a side, or no spread at all. Example: {1, 2, 3} and
/// {1, 2, 3} -> 1.
std::optional<double> WelchP(std::span<const double> a, std::span<const double> b);

}  // namespace reelbatch::costs
