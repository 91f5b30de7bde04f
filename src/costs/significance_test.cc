#include "costs/significance.h"

#include <gtest/gtest.h>

#include <vector>

namespace reelbatch::costs {
namespace {

using Samples = std::vector<double>;

// Expected: scipy 1.17.1, scipy.stats.ttest_ind(a, b, equal_var=False).pvalue
TEST(Significance, AgreesWithScipy) {
  EXPECT_NEAR(*WelchP(Samples{1, 2, 3}, Samples{2, 3, 4}), 0.28786413472669053, 1e-10);
  EXPECT_NEAR(*WelchP(Samples{1, 2, 3, 4}, Samples{10, 11, 19}), 0.05629674685805287, 1e-10);
  EXPECT_NEAR(*WelchP(Samples{1, 2, 3}, Samples{1, 2, 3}), 1, 1e-12);
}

TEST(Significance, FarApartIsCertain) {
  EXPECT_LT(*WelchP(Samples{1.0, 1.01, 0.99, 1.0, 1.02}, Samples{5.0, 5.1, 4.9, 5.0, 5.05}), 1e-6);
}

TEST(Significance, SaysNothingWithoutSpread) {
  EXPECT_FALSE(WelchP(Samples{1}, Samples{2, 3}));
  EXPECT_FALSE(WelchP(Samples{1, 1}, Samples{2, 2}));
}

}  // namespace
}  // namespace reelbatch::costs
