#pragma once

#include <optional>
#include <span>

namespace reelbatch::costs {

/// Two-sided p-value of Welch's t-test: the probability of means this far apart if both samples
/// have the same mean. None: fewer than two samples on one side, or no variance. Example: {1, 2, 3}
/// and {1, 2, 3} -> 1.
std::optional<double> WelchP(std::span<const double> a, std::span<const double> b);

}  // namespace reelbatch::costs
