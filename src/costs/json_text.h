#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reelbatch::costs {

/// Documents are nested this deep at most: what works on them takes stack for every level.
inline constexpr int kMostDepth = 64;

/// How deep lists and objects lie in each other: 0 for a number, 1 for []. Of text that is not
/// JSON: something.
int JsonDepth(std::string_view text);

/// The line, from 1, in which a text stops being JSON; none where it is JSON.
std::optional<int64_t> BrokenLine(std::string_view text);

}  // namespace reelbatch::costs
