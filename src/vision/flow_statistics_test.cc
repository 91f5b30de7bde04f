#include "vision/flow_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "vision/fixture_planes.h"
#include "vision/flow_statistics_ref.h"
#include "vision/forced_simd.h"

namespace reelbatch::vision {
namespace {

struct Flow {
  image::Plane<float> x;
  image::Plane<float> y;
};

// Field by a function of (x, y, component); the padding of the rows holds what must not be counted.
template <class Vector>
Flow MakeFlow(int width, int height, Vector vector) {
  Flow flow{.x = {width, height}, .y = {width, height}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < flow.x.stride(); ++x) {
      const std::pair<double, double> none = {NAN, NAN};
      const auto [dx, dy] = x < width ? vector(x, y) : none;
      flow.x.row(y)[x] = static_cast<float>(dx);
      flow.y.row(y)[x] = static_cast<float>(dy);
    }
  }
  return flow;
}

Flow Noise(int width, int height, double scale) {
  return MakeFlow(width, height, [&](int x, int y) {
    return std::pair{scale * (fixture::LatticeHash(x, y, 1) / 4294967296.0 - 0.4),
                     scale * (fixture::LatticeHash(x, y, 2) / 4294967296.0 - 0.7)};
  });
}

void ExpectNear(const FlowStatistics& actual, const FlowStatistics& expected) {
  const double mean = expected.mean_magnitude;
  const double squares = expected.magnitude_variance + mean * mean;
  EXPECT_NEAR(actual.mean_magnitude, mean, 4e-6 * mean);
  EXPECT_NEAR(actual.magnitude_variance, expected.magnitude_variance, 4e-6 * squares);
  EXPECT_NEAR(actual.direction_consistency, expected.direction_consistency, 4e-6);
}

class FlowStatisticsTest : public testing::TestWithParam<std::string_view> {
 protected:
  ForcedSimd forced_{GetParam()};
};

TEST_P(FlowStatisticsTest, EqualsTheTwinWithinTheBoundAtEverySize) {
  for (int side = 1; side <= 130; ++side) {
    const Flow flow = Noise(side, (side * 7) % 23 + 1, 5);
    ExpectNear(StatisticsOf(flow.x, flow.y), StatisticsOfRef(flow.x, flow.y));
  }
}

TEST_P(FlowStatisticsTest, KeepsTheBoundOnLongRowsAndFarVectors) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    const Flow flow = Noise(4096, 4, scale);
    ExpectNear(StatisticsOf(flow.x, flow.y), StatisticsOfRef(flow.x, flow.y));
  }
  const Flow alike = MakeFlow(4095, 3, [](int, int) { return std::pair{1000.1, 0.1}; });
  ExpectNear(StatisticsOf(alike.x, alike.y), StatisticsOfRef(alike.x, alike.y));
}

TEST_P(FlowStatisticsTest, OfKnownFields) {
  const Flow half = MakeFlow(
      37, 4, [](int, int y) { return y % 2 == 0 ? std::pair{3.0, 4.0} : std::pair{0.0, 0.0}; });
  FlowStatistics found = StatisticsOf(half.x, half.y);
  EXPECT_NEAR(found.mean_magnitude, 2.5, 1e-5);
  EXPECT_NEAR(found.magnitude_variance, 6.25, 1e-4);
  EXPECT_NEAR(found.direction_consistency, 1, 1e-5);

  const Flow zoom =
      MakeFlow(41, 31, [](int x, int y) { return std::pair{0.1 * (x - 20), 0.1 * (y - 15)}; });
  found = StatisticsOf(zoom.x, zoom.y);
  EXPECT_GT(found.mean_magnitude, 1);
  EXPECT_NEAR(found.direction_consistency, 0, 1e-5);

  const Flow still = MakeFlow(41, 31, [](int, int) { return std::pair{0.0, 0.0}; });
  found = StatisticsOf(still.x, still.y);
  EXPECT_EQ(found.mean_magnitude, 0);
  EXPECT_EQ(found.magnitude_variance, 0);
  EXPECT_EQ(found.direction_consistency, 0);

  EXPECT_EQ(StatisticsOf({}, {}).mean_magnitude, 0);
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, FlowStatisticsTest, testing::ValuesIn(SimdNames()),
                         [](const auto& target) { return std::string(target.param); });

TEST(FlowStatisticsOfVectorTargets, AreEqualInEveryBit) {
  const Flow flow = Noise(321, 77, 3);
  std::vector<FlowStatistics> found;
  for (const std::string_view name : SimdNames()) {
    if (name == "scalar") continue;
    const ForcedSimd forced(name);
    found.push_back(StatisticsOf(flow.x, flow.y));
    EXPECT_EQ(found.front().mean_magnitude, found.back().mean_magnitude) << name;
    EXPECT_EQ(found.front().magnitude_variance, found.back().magnitude_variance) << name;
    EXPECT_EQ(found.front().direction_consistency, found.back().direction_consistency) << name;
  }
}

}  // namespace
}  // namespace reelbatch::vision
