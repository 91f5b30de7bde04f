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

/// As a reader asks: with the stamps of the next frames where the clock doubts one.
std::vector<double> Mended(FrameClock& clock, const std::vector<double>& times, size_t ahead = 64) {
  std::vector<double> out;
  for (size_t i = 0; i < times.size(); ++i) {
    StampWitness witness;
    for (size_t k = i + 1; k < times.size() && k <= i + ahead; ++k)
      witness.later_s.push_back(times[k]);
    out.push_back(clock.Next(times[i], witness));
  }
  return out;
}

std::vector<double> Regular(size_t count) {
  std::vector<double> times(count);
  for (size_t i = 0; i < count; ++i) times[i] = 0.04 * static_cast<double>(i);
  return times;
}

struct WrongStamps {
  const char* name;
  size_t first;
  size_t count;
  double by_s;
};

TEST(FrameClock, WrongStampsAreRepairedAlone) {
  for (const WrongStamps& wrong : {WrongStamps{"one late", 60, 1, 30},
                                   {"one early", 60, 1, -30},
                                   {"five late", 60, 5, 30},
                                   {"five early", 60, 5, -30},
                                   {"twenty late", 60, 20, 1000},
                                   {"a little late", 60, 1, 0.12},
                                   {"a little early", 60, 1, -0.12},
                                   {"one frame late", 60, 1, 0.04},
                                   {"first late", 0, 1, 30},
                                   {"first three late", 0, 3, 30},
                                   {"second late", 1, 1, 30},
                                   {"last early", 199, 1, -30},
                                   {"last but one late", 198, 1, 30},
                                   {"last three early", 197, 3, -30}}) {
    FrameClock clock(0.04, 1.0 / 12800, 0);
    std::vector<double> times = Regular(200);
    for (size_t i = wrong.first; i < wrong.first + wrong.count; ++i) times[i] += wrong.by_s;
    EXPECT_THAT(Mended(clock, times), testing::Pointwise(testing::DoubleNear(0.021), Regular(200)))
        << wrong.name;
    EXPECT_GE(clock.repaired(), 1) << wrong.name;
    EXPECT_LE(clock.repaired(), static_cast<int64_t>(wrong.count) + 1) << wrong.name;
    EXPECT_EQ(clock.rate(), (contracts::Rational{25, 1})) << wrong.name;
    EXPECT_FALSE(clock.vfr()) << wrong.name;
  }
}

TEST(FrameClock, AWrongContainerRateDoesNotMoveRepairedFrames) {
  FrameClock clock(1 / 2.84, 1.0 / 12800, 0);
  std::vector<double> times = Regular(200);
  times[60] += 30;
  EXPECT_THAT(Mended(clock, times), testing::Pointwise(testing::DoubleNear(1e-6), Regular(200)));
}

TEST(FrameClock, AJumpForGoodStays) {
  FrameClock clock(0.04, 1.0 / 12800, 0);
  std::vector<double> times = Regular(200);
  for (size_t i = 60; i < 200; ++i) times[i] += 30;
  EXPECT_EQ(Mended(clock, times), times);
  FrameClock slides(1, 0.001, 0);
  const std::vector<double> stands = {0, 30, 33, 63, 64, 94, 96};
  EXPECT_EQ(Mended(slides, stands), stands);
  EXPECT_EQ(slides.repaired(), 0);
  EXPECT_TRUE(slides.vfr());
}

TEST(FrameClock, AJumpAndAWrongStampAreToldApart) {
  FrameClock clock(0.04, 1.0 / 12800, 0);
  std::vector<double> times = Regular(200);
  for (size_t i = 60; i < 200; ++i) times[i] += 30;
  const std::vector<double> right = times;
  times[62] = 2.5;
  times[100] += 50;
  EXPECT_THAT(Mended(clock, times), testing::Pointwise(testing::DoubleNear(1e-6), right));
  EXPECT_EQ(clock.repaired(), 2);
}

TEST(FrameClock, AClockThatIsSetAnewGoesOn) {
  FrameClock clock(0.04, 1.0 / 90000, 0);
  std::vector<double> times = Regular(100);
  const std::vector<double> again = Regular(100);
  times.insert(times.end(), again.begin(), again.end());
  for (double& time_s : times) time_s += 1.4;
  std::vector<double> right = Regular(200);
  for (double& time_s : right) time_s += 1.4;
  EXPECT_THAT(Mended(clock, times), testing::Pointwise(testing::DoubleNear(1e-6), right));
  EXPECT_EQ(clock.rate(), (contracts::Rational{25, 1}));
  EXPECT_EQ(clock.repaired(), 100);
}

TEST(FrameClock, DecodeTimesTellOfTheLastAndTheFirstFrame) {
  FrameClock last(0.04, 1.0 / 12800, 0);
  Mended(last, Regular(199));
  EXPECT_NEAR(last.Next(37.96, {.later_s = {}, .against_decode_time = true}), 7.96, 1e-9);
  // Without a decode time, a last frame is wrong where all before it came evenly, and long enough.
  FrameClock even(0.04, 1.0 / 12800, 0);
  Mended(even, Regular(199));
  EXPECT_NEAR(even.Next(37.96), 7.96, 1e-9);
  FrameClock kept(0.04, 1.0 / 12800, 0);
  Mended(kept, Regular(20));
  EXPECT_EQ(kept.Next(37.96), 37.96);
  FrameClock stands(0.04, 1.0 / 12800, 0);
  std::vector<double> times = Regular(199);
  for (size_t i = 100; i < times.size(); ++i) times[i] += 20;
  Mended(stands, times);
  EXPECT_EQ(stands.Next(57.96), 57.96);
  FrameClock first(0.04, 1.0 / 12800, 0);
  EXPECT_NEAR(first.Next(-30, {.later_s = {0.04, 0.08}, .against_decode_time = true}), 0, 1e-9);
}

TEST(FrameClock, OneFrameThatComesLateAloneIsNotVfr) {
  FrameClock clock(0.04, 1.0 / 90000, 0);
  std::vector<double> times = Regular(100);
  times[50] += 0.008;
  EXPECT_EQ(Mended(clock, times), times);
  EXPECT_FALSE(clock.vfr());
  FrameClock often(0.04, 1.0 / 90000, 0);
  for (size_t i = 10; i < 100; i += 7) times[i] += 0.008;
  Mended(often, times);
  EXPECT_TRUE(often.vfr());
}

}  // namespace
}  // namespace reelbatch::media
