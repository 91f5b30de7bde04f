#pragma once

#include <span>
#include <string>
#include <string_view>

namespace reelbatch::base {

/// Insertions, deletions, changes and swaps of neighbours that turn one word into the other.
int EditDistance(std::string_view a, std::string_view b);

/// The candidate a person most likely meant, or "" where none is near: at most a third of the
/// letters wrong (but one always may be), or the word is the beginning of exactly one candidate.
/// Ties: the first of `candidates`.
std::string Nearest(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'X'?", or "" where nothing is near.
std::string DidYouMean(std::string_view word, std::span<const std::string> candidates);

}  // namespace reelbatch::base
