#pragma once

#include <span>
#include <string>
#include <string_view>

namespace reelbatch::base {

/// Insertions, deletions, changes and swaps of neighbours that turn one word into the other.
int EditDistance(std::string_view a, std::string_view b);

/// The candidate that a person most likely meant, or "" if none is similar: at most a third of the
/// letters differ (but one always may), or the word is the beginning of exactly one candidate.
/// Ties: the first of `candidates`.
std::string Nearest(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'X'?", or "" if none is similar.
std::string DidYouMean(std::string_view word, std::span<const std::string> candidates);

}  // namespace reelbatch::base
