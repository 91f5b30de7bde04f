#include "planning/look_ahead.h"

#include <gmock/gmock.h>

#include <limits>

namespace reelbatch::planning {
namespace {

using testing::ElementsAre;
using testing::Optional;

std::vector<int> ProbeAll(LookAhead& look_ahead) {
  std::vector<int> videos;
  while (const auto video = look_ahead.Probe()) videos.push_back(*video);
  return videos;
}

TEST(LookAhead, LargestFirstThenUnknownOnesInTheOrderTheyCame) {
  LookAhead look_ahead(100);
  look_ahead.Add(7, 0);
  look_ahead.Add(3, 500);
  look_ahead.Add(5, 0);
  look_ahead.Add(9, 2'000'000'000'000);
  look_ahead.Add(1, 500);
  look_ahead.Add(2, -1);
  EXPECT_EQ(look_ahead.unprobed(), 6);
  EXPECT_THAT(ProbeAll(look_ahead), ElementsAre(9, 3, 1, 7, 5, 2));
  EXPECT_EQ(look_ahead.unprobed(), 0);
  EXPECT_EQ(look_ahead.in_window(), 6);
}

TEST(LookAhead, TheWindowBoundsWhatIsProbed) {
  LookAhead look_ahead(2);
  for (int video = 0; video < 5; ++video) look_ahead.Add(video, 100 - video);
  EXPECT_THAT(ProbeAll(look_ahead), ElementsAre(0, 1));
  look_ahead.Leave();
  EXPECT_THAT(ProbeAll(look_ahead), ElementsAre(2));
  look_ahead.Leave();
  look_ahead.Leave();
  EXPECT_THAT(ProbeAll(look_ahead), ElementsAre(3, 4));
}

TEST(LookAhead, IsFilledWhenTheWindowIsFullOrNothingIsLeftToProbe) {
  LookAhead look_ahead(2);
  EXPECT_TRUE(look_ahead.filled()) << "nothing to probe";
  for (int video = 0; video < 3; ++video) look_ahead.Add(video, 1);
  EXPECT_FALSE(look_ahead.filled());
  look_ahead.Probe();
  EXPECT_FALSE(look_ahead.filled());
  look_ahead.Probe();
  EXPECT_TRUE(look_ahead.filled());
  look_ahead.Leave();
  EXPECT_FALSE(look_ahead.filled()) << "one more is probed before the next launch";
  look_ahead.Probe();
  look_ahead.Leave();
  EXPECT_TRUE(look_ahead.filled()) << "none is left to probe";
}

TEST(LookAhead, ALargeOneThatIsAddedLaterIsTheNext) {
  LookAhead look_ahead(1);
  look_ahead.Add(0, 10);
  look_ahead.Add(1, 5);
  EXPECT_THAT(look_ahead.Probe(), Optional(0));
  look_ahead.Add(2, 7);
  EXPECT_EQ(look_ahead.Probe(), std::nullopt);
  look_ahead.Leave();
  EXPECT_THAT(look_ahead.Probe(), Optional(2));
}

TEST(LookAhead, AWindowBelowOneIsOne) {
  LookAhead look_ahead(0);
  look_ahead.Leave();  // of nobody: changes nothing
  look_ahead.Add(0, 1);
  look_ahead.Add(1, 1);
  EXPECT_THAT(ProbeAll(look_ahead), ElementsAre(0));
}

TEST(LookAheadWindow, GrowsWithLanesFromItsLeast) {
  EXPECT_EQ(LookAheadWindow(0), 64);
  EXPECT_EQ(LookAheadWindow(8), 64);
  EXPECT_EQ(LookAheadWindow(64), 512);
  EXPECT_GT(LookAheadWindow(std::numeric_limits<int>::max()), 0);
}

}  // namespace
}  // namespace reelbatch::planning
