#include "runtime/simulator/sim_videos.h"

#include <gtest/gtest.h>

namespace reelbatch::runtime {
namespace {

TEST(SimCorpus, LognormalDurationsLieAroundTheMedianAndInTheRange) {
  Scenario scenario;
  scenario.videos = {.count = 10'000,
                     .duration_s = {.low = 10, .high = 10'800, .median = 120, .spread = 1.6}};
  const SimCorpus corpus(scenario);
  int below = 0;
  int longer = 0;  // than the median times e^1.6
  for (int video = 0; video < corpus.size(); ++video) {
    const double duration_s = corpus.At(video).duration_s;
    ASSERT_GE(duration_s, 10);
    ASSERT_LE(duration_s, 10'800);
    below += duration_s < 120 ? 1 : 0;
    longer += duration_s > 594 ? 1 : 0;
  }
  EXPECT_NEAR(below, 5000, 200);
  EXPECT_NEAR(longer, 1587, 150);
}

TEST(SimCorpus, BytesGrowWithDurationAndPixelsOrAreUnknown) {
  Scenario scenario;
  scenario.videos.list = {{.duration_s = 60},
                          {.duration_s = 120},
                          {.duration_s = 60, .short_side = 1440},
                          {.duration_s = 0}};
  const SimCorpus corpus(scenario);
  EXPECT_EQ(corpus.Bytes(0), 37'500'000);
  EXPECT_EQ(corpus.Bytes(1), 75'000'000);
  EXPECT_EQ(corpus.Bytes(2), 150'000'000);
  EXPECT_EQ(corpus.Bytes(3), 1) << "0 would be unknown";
  scenario.videos.bytes_exponent = -1;
  EXPECT_EQ(corpus.Bytes(1), 18'750'000);
  EXPECT_GT(corpus.Bytes(3), corpus.Bytes(0));
  scenario.videos.bytes_spread = 0.5;
  EXPECT_NE(corpus.Bytes(0), 37'500'000);
  scenario.videos.bytes_unknown = 1;
  EXPECT_EQ(corpus.Bytes(0), 0);
}

TEST(SimCorpus, EveryResultGivesAWholeNumberInTheRange) {
  Scenario scenario;
  scenario.videos.list = {{.duration_s = 3000}, {.duration_s = 3000}};
  scenario.components = {{.name = "a"},
                         {.name = "b", .from = 0, .per_unit = {.low = 0, .high = 3}}};
  const SimCorpus corpus(scenario);
  const SimVideo shape = corpus.At(0);
  std::vector<int> times(4, 0);
  int sum = 0;
  int same = 0;  // as in the other video
  for (int index = 0; index < 3000; ++index) {
    const int units = corpus.UnitsOf(1, 0, shape, index);
    ASSERT_GE(units, 0);
    ASSERT_LE(units, 3);
    ++times[static_cast<size_t>(units)];
    sum += units;
    same += units == corpus.UnitsOf(1, 1, shape, index) ? 1 : 0;
  }
  EXPECT_EQ(corpus.Units(1, 0, shape), sum);
  for (const int count : times) EXPECT_NEAR(count, 750, 100);
  EXPECT_NEAR(same, 750, 100);
  scenario.components[1].per_unit = {.low = 1, .high = 1000, .median = 2, .spread = 0.5};
  int few = 0;
  for (int index = 0; index < 3000; ++index) few += corpus.UnitsOf(1, 0, shape, index) <= 4 ? 1 : 0;
  EXPECT_GT(few, 2500);
}

TEST(SimCorpus, WhatIsKnownOfAVideoIsSpreadOverItsResults) {
  Scenario scenario;
  scenario.components = {{.name = "a"}, {.name = "b", .from = 0}, {.name = "c", .from = 1}};
  const auto known = [](std::vector<int> units) {
    return SimVideo{.known = SimVideo::Known{.units = std::move(units)}};
  };
  scenario.videos.list = {known({4, 6, 3}), known({0, 6, 3})};
  const SimCorpus corpus(scenario);
  std::vector<int> units;
  for (int index = 0; index < 4; ++index)
    units.push_back(corpus.UnitsOf(1, 0, scenario.videos.list[0], index));
  EXPECT_EQ(units, (std::vector{1, 2, 1, 2}));
  EXPECT_EQ(corpus.Units(1, 0, scenario.videos.list[0]), 6);
  EXPECT_EQ(corpus.Units(2, 0, scenario.videos.list[0]), 3);
  EXPECT_EQ(corpus.Units(1, 1, scenario.videos.list[1]), 0) << "no result, no unit";
  EXPECT_EQ(corpus.Units(2, 1, scenario.videos.list[1]), 0);
}

}  // namespace
}  // namespace reelbatch::runtime
