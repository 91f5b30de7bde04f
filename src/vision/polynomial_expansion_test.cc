#include "vision/polynomial_expansion.h"

#include <gtest/gtest.h>

#include <string>

#include "vision/fixture_planes.h"
#include "vision/forced_simd.h"
#include "vision/polynomial_expansion_ref.h"

namespace reelbatch::vision {
namespace {

image::Plane<float> AsFloats(const image::Plane<uint8_t>& in) {
  image::Plane<float> out(in.width(), in.height());
  for (int y = 0; y < in.height(); ++y) {
    for (int x = 0; x < in.width(); ++x) out.row(y)[x] = in.row(y)[x];
  }
  return out;
}

float At(const Expansion& expansion, Expansion::Term term, int x, int y) {
  return expansion.row(y)[ptrdiff_t{term} * expansion.term_stride() + x];
}

class PolynomialExpansionTest : public testing::TestWithParam<std::string_view> {
 protected:
  ForcedSimd forced_{GetParam()};
};

TEST_P(PolynomialExpansionTest, EqualsTheTwinAtEverySize) {
  PolynomialExpansion expand;
  image::Plane<float> scratch;
  Expansion expected;
  Expansion actual;
  for (int side = 1; side <= 130; ++side) {
    const int height = (side * 7) % 23 + 1;
    const auto plane = AsFloats(fixture::SyntheticPlane(side, height, "noise:1:0:0:0"));
    ExpandRef(plane, ExpansionFilters::Make(), scratch, expected);
    expand(plane, actual);
    for (int t = 0; t < Expansion::kTerms; ++t) {
      const auto term = static_cast<Expansion::Term>(t);
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < side; ++x) {
          ASSERT_EQ(At(expected, term, x, y), At(actual, term, x, y))
              << side << "x" << height << " term " << t << " at " << x << ", " << y;
        }
      }
    }
  }
}

TEST_P(PolynomialExpansionTest, FindsTheQuadraticOfAQuadratic) {
  constexpr int kX = 20;
  constexpr int kY = 14;
  image::Plane<float> plane(40, 30);
  for (int row = 0; row < 30; ++row) {
    for (int column = 0; column < 40; ++column) {
      const auto x = static_cast<float>(column - kX);
      const auto y = static_cast<float>(row - kY);
      plane.row(row)[column] = 90 + 3 * x - 2 * y + 0.5F * x * x - 0.25F * y * y + 0.125F * x * y;
    }
  }
  PolynomialExpansion expand;
  Expansion found;
  expand(plane, found);
  EXPECT_NEAR(At(found, Expansion::kX, kX, kY), 3, 1e-4);
  EXPECT_NEAR(At(found, Expansion::kY, kX, kY), -2, 1e-4);
  EXPECT_NEAR(At(found, Expansion::kXX, kX, kY), 0.5, 1e-4);
  EXPECT_NEAR(At(found, Expansion::kYY, kX, kY), -0.25, 1e-4);
  EXPECT_NEAR(At(found, Expansion::kXY, kX, kY), 0.125, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, PolynomialExpansionTest, testing::ValuesIn(SimdNames()),
                         [](const auto& target) { return std::string(target.param); });

}  // namespace
}  // namespace reelbatch::vision
