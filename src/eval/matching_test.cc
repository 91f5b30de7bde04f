#include "eval/matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace reelbatch::eval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

auto Within(const std::vector<double>& left, const std::vector<double>& right, double tolerance) {
  return MaximumMatching(left.size(), right.size(),
                         [=](size_t i, size_t j) -> std::optional<double> {
                           const double far = std::abs(left[i] - right[j]);
                           if (far > tolerance) return std::nullopt;
                           return far;
                         });
}

TEST(MaximumMatching, FindsMoreThanGreedyDoes) {
  // Greedy gives 11 to 10 (the nearest in order) and leaves 12 without a partner.
  EXPECT_THAT(Within({10, 12}, {11, 9}, 1), ElementsAre(1, 0));
  EXPECT_THAT(Within({1, 2, 3}, {2, 3, 4}, 1), ElementsAre(0, 1, 2));
}

TEST(MaximumMatching, PrefersTheNearer) {
  EXPECT_THAT(Within({10}, {9, 10, 11}, 1), ElementsAre(1));
}

TEST(MaximumMatching, LeavesAloneWhatHasNoPartner) {
  EXPECT_THAT(Within({10, 50}, {11}, 1), ElementsAre(std::optional<size_t>(0), std::nullopt));
  EXPECT_THAT(Within({}, {1, 2}, 1), IsEmpty());
  EXPECT_THAT(Within({1}, {}, 1), ElementsAre(std::nullopt));
}

TEST(MaximumMatching, UsesEachOnce) {
  const auto partners = Within({5, 5, 5}, {5, 5}, 0);
  EXPECT_EQ(std::ranges::count_if(partners, [](const auto& p) { return p.has_value(); }), 2);
  EXPECT_NE(partners[0], partners[1]);
}

}  // namespace
}  // namespace reelbatch::eval
