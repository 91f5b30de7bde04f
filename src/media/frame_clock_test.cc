#include "media/frame_clock.h"

#include <gmock/gmock.h>

#include <vector>

namespace reelbatch::media {
namespace {

using testing::ElementsAre;

constexpr double kNan = -1;  // no time of its own

std::vector<double> Stamps(FrameClock& clock, const std::vector<double>& times) {
  std::vector<double> out;
  out.reserve(times.size());
  for (const double time : times) {
    out.push_back(clock.Next(time == kNan ? std::nullopt : std::optional(time)));
  }
  return out;
}

TEST(FrameClock, KeepsSoundTimes) {
  FrameClock clock(1, 0.001, 0);
  EXPECT_THAT(Stamps(clock, {5, 6, 7.5}), ElementsAre(5, 6, 7.5));
  EXPECT_EQ(clock.missing(), 0);
  EXPECT_EQ(clock.repaired(), 0);
}

TEST(FrameClock, DerivesMissingTimes) {
  FrameClock clock(1, 0.001, 10);
  EXPECT_THAT(Stamps(clock, {kNan, kNan, 12, kNan}), ElementsAre(10, 11, 12, 13));
  EXPECT_EQ(clock.missing(), 3);
  EXPECT_EQ(clock.repaired(), 0);
}

TEST(FrameClock, ARepeatedStampDoesNotMoveTheFramesAfterIt) {
  FrameClock clock(1, 0.001, 0);
  EXPECT_THAT(Stamps(clock, {0, 1, 1, 2, 3}), ElementsAre(0, 1, 1.5, 2, 3));
  EXPECT_EQ(clock.repaired(), 1);
}

TEST(FrameClock, ABackwardJumpGoesOnByNominalDurations) {
  FrameClock clock(1, 0.001, 0);
  EXPECT_THAT(Stamps(clock, {100, 0, 1, 2}), ElementsAre(100, 101, 102, 103));
  EXPECT_EQ(clock.repaired(), 3);
}

TEST(FrameClock, RoundingToMillisecondsIsNotVfr) {
  FrameClock clock(1 / 29.97, 0.001, 0);
  Stamps(clock, {0, 0.033, 0.067, 0.100, 0.133, 0.167});
  EXPECT_FALSE(clock.vfr());
}

TEST(FrameClock, ADroppedFrameIsVfrAlsoInACoarseTimeBase) {
  FrameClock fine(0.04, 1.0 / 90000, 0);
  Stamps(fine, {0, 0.04, 0.12, 0.16});
  EXPECT_TRUE(fine.vfr());
  FrameClock coarse(0.04, 0.04, 0);
  Stamps(coarse, {0, 0.04, 0.12, 0.16});
  EXPECT_TRUE(coarse.vfr());
}

TEST(FrameClock, DerivedTimesSayNothingAboutVfr) {
  FrameClock clock(1, 0.001, 0);
  Stamps(clock, {0, 1, kNan, 3.5, 4.5});
  EXPECT_FALSE(clock.vfr());
}

}  // namespace
}  // namespace reelbatch::media
