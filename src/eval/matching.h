#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace reelbatch::eval {

/// The distance of two elements; none if they cannot be partners.
using Distance = std::function<std::optional<double>(size_t left, size_t right)>;

/// The maximum number of pairs, each left and each right element in at most one of them; nearer
/// partners are tried first. Returns for every left element its partner, or none. Augmenting paths;
/// greedy matching finds fewer pairs if two truths are close together.
std::vector<std::optional<size_t>> MaximumMatching(size_t left, size_t right,
                                                   const Distance& distance);

}  // namespace reelbatch::eval
