#include "eval/matching.h"

#include <algorithm>
#include <utility>

namespace reelbatch::eval {
namespace {

class Matcher {
 public:
  Matcher(size_t left, size_t right, const Distance& distance) : near_(left), owner_(right) {
    std::vector<std::pair<double, size_t>> order;
    for (size_t i = 0; i < left; ++i) {
      order.clear();
      for (size_t j = 0; j < right; ++j) {
        if (const auto far = distance(i, j)) order.emplace_back(*far, j);
      }
      std::ranges::sort(order);
      for (const auto& [far, j] : order) near_[i].push_back(j);
    }
  }

  std::vector<std::optional<size_t>> Match() {
    for (size_t i = 0; i < near_.size(); ++i) {
      tried_.assign(owner_.size(), false);
      Place(i);
    }
    std::vector<std::optional<size_t>> partners(near_.size());
    for (size_t j = 0; j < owner_.size(); ++j) {
      if (const auto owner = owner_[j]) partners[*owner] = j;
    }
    return partners;
  }

 private:
  bool Place(size_t i) {  // NOLINT(misc-no-recursion): as deep as there are rivals for one partner
    for (const size_t j : near_[i]) {
      if (tried_[j]) continue;
      tried_[j] = true;
      const auto owner = owner_[j];
      if (!owner || Place(*owner)) {
        owner_[j] = i;
        return true;
      }
    }
    return false;
  }

  std::vector<std::vector<size_t>> near_;
  std::vector<std::optional<size_t>> owner_;
  std::vector<bool> tried_;
};

}  // namespace

std::vector<std::optional<size_t>> MaximumMatching(size_t left, size_t right,
                                                   const Distance& distance) {
  return Matcher(left, right, distance).Match();
}

}  // namespace reelbatch::eval
