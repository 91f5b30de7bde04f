#include "base/suggest.h"

#include <algorithm>
#include <vector>

namespace reelbatch::base {

int EditDistance(std::string_view a, std::string_view b) {
  // Optimal string alignment, three rows. Long words are compared by their first 64 letters: an
  // option is shorter.
  a = a.substr(0, 64);
  b = b.substr(0, 64);
  std::vector<int> before(b.size() + 1);
  std::vector<int> previous(b.size() + 1);
  std::vector<int> current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

std::string Nearest(std::string_view word, std::span<const std::string> candidates) {
  const int allowed = std::max(1, static_cast<int>(word.size()) / 3);
  int best_distance = allowed + 1;
  std::string best;
  std::string prefixed;
  int prefixes = 0;
  for (const std::string& candidate : candidates) {
    const int distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
    if (word.size() >= 2 && candidate.starts_with(word)) {
      prefixed = candidate;
      ++prefixes;
    }
  }
  return prefixes == 1 ? prefixed : best;
}

std::string DidYouMean(std::string_view word, std::span<const std::string> candidates) {
  const std::string nearest = Nearest(word, candidates);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

}  // namespace reelbatch::base
