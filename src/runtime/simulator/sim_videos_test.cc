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

}  // namespace
}  // namespace reelbatch::runtime
