#include "vision/farneback.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vision/fixture_planes.h"
#include "vision/forced_simd.h"

namespace reelbatch::vision {
namespace {

using fixture::SyntheticPlane;

bool AllFinite(const image::Plane<float>& plane) {
  for (int y = 0; y < plane.height(); ++y) {
    if (!std::all_of(plane.row(y), plane.row(y) + plane.width(),
                     [](float f) { return std::isfinite(f); })) {
      return false;
    }
  }
  return true;
}

double MeanOfInterior(const image::Plane<float>& plane, int border) {
  double sum = 0;
  for (int y = border; y < plane.height() - border; ++y) {
    for (int x = border; x < plane.width() - border; ++x) sum += plane.row(y)[x];
  }
  return sum / ((plane.width() - 2 * border) * (plane.height() - 2 * border));
}

class FarnebackTest : public testing::TestWithParam<std::string_view> {
 protected:
  ForcedSimd forced_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(EveryTarget, FarnebackTest, testing::ValuesIn(SimdNames()),
                         [](const auto& target) { return std::string(target.param); });

TEST_P(FarnebackTest, EqualsOpenCvOnSyntheticPairs) {
  FarnebackFlow flow;
  for (auto& line : fixture::Lines("pairs.txt")) {
    const int width = fixture::Next<int>(line);
    const int height = fixture::Next<int>(line);
    const auto a = SyntheticPlane(width, height, fixture::Next<std::string>(line));
    const auto b = SyntheticPlane(width, height, fixture::Next<std::string>(line));
    for (int skip = 0; skip < 3; ++skip) fixture::Next<double>(line);
    const auto expected = fixture::Next<double>(line);
    flow.Reset();
    ASSERT_FALSE(flow.Push(a.view()));
    ASSERT_TRUE(flow.Push(b.view()));
    ASSERT_TRUE(AllFinite(flow.flow_x()) && AllFinite(flow.flow_y())) << line.str();
    if (std::isnan(expected)) continue;
    EXPECT_NEAR(flow.mean_magnitude(), expected, std::max(0.01, 0.01 * expected)) << line.str();
  }
}

// OpenCV's flow falls short of the shift by as much: where the texture is flat it is drawn to zero.
TEST_P(FarnebackTest, FindsAShift) {
  FarnebackFlow flow;
  flow.Push(SyntheticPlane(320, 180, "texture:1:0:0:0").view());
  ASSERT_TRUE(flow.Push(SyntheticPlane(320, 180, "texture:1:2:-1:0").view()));
  EXPECT_NEAR(MeanOfInterior(flow.flow_x(), 30), 2, 0.25);
  EXPECT_NEAR(MeanOfInterior(flow.flow_y(), 30), -1, 0.25);
}

TEST_P(FarnebackTest, StaysFiniteAtEverySmallSize) {
  for (int width = 1; width <= 40; width += 3) {
    for (int height = 1; height <= 70; height += 7) {
      FarnebackFlow flow;
      flow.Push(SyntheticPlane(width, height, "noise:1:0:0:0").view());
      ASSERT_TRUE(flow.Push(SyntheticPlane(width, height, "noise:2:0:0:0").view()));
      ASSERT_EQ(flow.flow_x().width(), width);
      ASSERT_EQ(flow.flow_y().height(), height);
      ASSERT_TRUE(AllFinite(flow.flow_x()) && AllFinite(flow.flow_y())) << width << "x" << height;
      ASSERT_TRUE(std::isfinite(flow.mean_magnitude()));
    }
  }
}

TEST_P(FarnebackTest, StaysFiniteOnExtremeChanges) {
  const std::pair<const char*, const char*> pairs[] = {
      {"texture:1:0:0:0", "texture:1:160:90:0"}, {"flat:0:0:0:0", "flat:255:0:0:0"},
      {"flat:0:0:0:0", "noise:2:0:0:0"},         {"blocks:3:0:0:0", "blocks:4:0:0:0"},
      {"gradient:0:0:0:0", "gradient:0:99:0:0"},
  };
  FarnebackFlow flow;
  for (const auto& [a, b] : pairs) {
    flow.Push(SyntheticPlane(160, 91, a).view());
    ASSERT_EQ(flow.Push(SyntheticPlane(160, 91, b).view()), true);
    EXPECT_TRUE(AllFinite(flow.flow_x()) && AllFinite(flow.flow_y())) << a << " " << b;
  }
}

TEST_P(FarnebackTest, OfFlatPlanesIsZero) {
  FarnebackFlow flow;
  flow.Push(SyntheticPlane(96, 64, "flat:10:0:0:0").view());
  flow.Push(SyntheticPlane(96, 64, "flat:200:0:0:0").view());
  EXPECT_EQ(flow.mean_magnitude(), 0);
}

TEST_P(FarnebackTest, KeptExpansionGivesTheFlowOfAFreshPair) {
  const auto a = SyntheticPlane(128, 72, "texture:1:0:0:3");
  const auto b = SyntheticPlane(128, 72, "texture:1:2:1:3");
  const auto c = SyntheticPlane(128, 72, "texture:1:5:3:3");
  const fixture::OffsetCopy off_c(c.view());
  FarnebackFlow running;
  running.Push(a.view());
  running.Push(b.view());
  running.Push(off_c.view());
  FarnebackFlow fresh;
  fresh.Push(b.view());
  fresh.Push(c.view());
  EXPECT_EQ(running.mean_magnitude(), fresh.mean_magnitude());
}

TEST_P(FarnebackTest, StartsAnewOnResetAndOnAChangeOfSize) {
  const auto small = SyntheticPlane(64, 48, "texture:1:0:0:3");
  const auto large = SyntheticPlane(96, 64, "texture:1:0:0:3");
  FarnebackFlow flow;
  EXPECT_EQ(flow.mean_magnitude(), 0);
  EXPECT_FALSE(flow.Push(small.view()));
  EXPECT_TRUE(flow.Push(small.view()));
  EXPECT_FALSE(flow.Push(large.view()));
  EXPECT_EQ(flow.flow_x().width(), 0);
  EXPECT_EQ(flow.mean_magnitude(), 0);
  EXPECT_TRUE(flow.Push(large.view()));
  flow.Reset();
  EXPECT_EQ(flow.mean_magnitude(), 0);
  EXPECT_FALSE(flow.Push(large.view()));
  EXPECT_TRUE(flow.Push(large.view()));
  EXPECT_FALSE(flow.Push({}));
  EXPECT_FALSE(flow.Push(large.view()));
}

struct Answer {
  double mean = 0;
  image::Plane<float> x;
  image::Plane<float> y;
};

Answer Solve(std::string_view target, image::ImageView<uint8_t> a, image::ImageView<uint8_t> b) {
  const ForcedSimd forced(target);
  FarnebackFlow flow;
  flow.Push(a);
  flow.Push(b);
  Answer answer{.mean = flow.mean_magnitude(),
                .x = {flow.flow_x().width(), flow.flow_x().height()},
                .y = {flow.flow_x().width(), flow.flow_x().height()}};
  for (int y = 0; y < answer.x.height(); ++y) {
    std::copy_n(flow.flow_x().row(y), answer.x.width(), answer.x.row(y));
    std::copy_n(flow.flow_y().row(y), answer.y.width(), answer.y.row(y));
  }
  return answer;
}

bool Same(const image::Plane<float>& a, const image::Plane<float>& b) {
  for (int y = 0; y < a.height(); ++y) {
    if (!std::equal(a.row(y), a.row(y) + a.width(), b.row(y))) return false;
  }
  return true;
}

// The bound of farneback.h.
void ExpectAgreement(int width, int height, const char* a, const char* b) {
  const auto first = SyntheticPlane(width, height, a);
  const auto second = SyntheticPlane(width, height, b);
  const fixture::OffsetCopy off(second.view());
  const std::vector<std::string_view> names = SimdNames();
  if (names.size() == 1) return;
  const Answer twin = Solve("scalar", first.view(), second.view());
  const Answer vectors = Solve(names[1], first.view(), off.view());
  EXPECT_NEAR(vectors.mean, twin.mean, 1e-4 * twin.mean + 1e-6)
      << width << "x" << height << " " << a << " " << b;
  for (size_t i = 2; i < names.size(); ++i) {
    const Answer other = Solve(names[i], first.view(), second.view());
    EXPECT_TRUE(other.mean == vectors.mean && Same(other.x, vectors.x) && Same(other.y, vectors.y))
        << names[i] << " " << width << "x" << height << " " << a << " " << b;
  }
}

TEST(FarnebackTargets, AgreeAtEverySize) {
  for (int side = 1; side <= 130; ++side) {
    ExpectAgreement(side, (side * 37) % 130 + 1, "texture:1:0:0:3", "texture:1:2:1:3");
  }
}

TEST(FarnebackTargets, AgreeOnWorstCases) {
  const std::pair<const char*, const char*> pairs[] = {
      {"texture:1:0:0:3", "texture:1:0:0:3"},  // nothing moves
      {"texture:1:0:0:0", "texture:1:90:60:0"}, {"texture:2:0:0:0", "texture:3:0:0:0"},
      {"noise:1:0:0:0", "noise:2:0:0:0"},       {"noise:1:0:0:0", "noise:1:1:0:0"},
      {"checks:1:0:0:0", "checks:1:1:0:0"},     {"checks:6:0:0:0", "checks:6:2:3:0"},
      {"blocks:3:0:0:0", "blocks:4:0:0:0"},     {"flat:0:0:0:0", "flat:255:0:0:0"},
      {"flat:0:0:0:0", "noise:2:0:0:0"},        {"flat:77:0:0:1", "flat:78:0:0:1"},
  };
  for (const auto& [a, b] : pairs) ExpectAgreement(203, 117, a, b);
}

}  // namespace
}  // namespace reelbatch::vision
