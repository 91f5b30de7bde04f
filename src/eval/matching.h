#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace reelbatch::eval {

/// How far apart two are; none where they cannot be partners.
using Distance = std::function<std::optional<double>(size_t left, size_t right)>;

/// As many pairs as there can be, each left and each right one in at most one of them; nearer
/// partners are tried first. For every left one its partner, or none. Augmenting paths; greedy
/// matching finds fewer where two truths stand close together.
std::vector<std::optional<size_t>> MaximumMatching(size_t left, size_t right,
                                                   const Distance& distance);

}  // namespace reelbatch::eval
