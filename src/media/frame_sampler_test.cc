#include "media/frame_sampler.h"

#include <gmock/gmock.h>

#include <limits>
#include <vector>

namespace reelbatch::media {
namespace {

using base::Code;
using contracts::Sampling;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Indices of the frames taken from frames at `times`.
std::vector<int> Taken(const Sampling& sampling, const std::vector<double>& times,
                       std::optional<double> zero_s = std::nullopt) {
  FrameSampler sampler(sampling, zero_s);
  std::vector<int> taken;
  for (size_t i = 0; i < times.size(); ++i) {
    const auto verdict = sampler.Judge(times[i]);
    if (verdict == FrameSampler::Verdict::kStop) break;
    if (verdict == FrameSampler::Verdict::kTake) taken.push_back(static_cast<int>(i));
  }
  return taken;
}

std::vector<double> Regular(double start, double step, int count) {
  std::vector<double> times(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) times[static_cast<size_t>(i)] = start + step * i;
  return times;
}

TEST(FrameSampler, TakesEverythingByDefault) {
  EXPECT_THAT(Taken({}, {1.5, 2, 7}), ElementsAre(0, 1, 2));
}

TEST(FrameSampler, RangeCountsFromWherePlayersDo) {
  EXPECT_THAT(Taken({.start_s = 2.2, .end_s = 2.4}, Regular(12, 0.1, 8), 10), ElementsAre(2, 3));
  EXPECT_THAT(Taken({.end_s = 1}, Regular(12, 0.1, 8), 10), IsEmpty());
  // Never later than the first frame.
  EXPECT_THAT(Taken({.start_s = 0.2, .end_s = 0.4}, Regular(10, 0.1, 8), 11), ElementsAre(2, 3));
}

TEST(FrameSampler, RangeIsHalfOpenAndCountsFromTheFirstFrame) {
  EXPECT_THAT(Taken({.start_s = 0.2, .end_s = 0.4}, Regular(10, 0.1, 8)), ElementsAre(2, 3));
  EXPECT_THAT(Taken({.start_s = 99}, Regular(10, 0.1, 8)), IsEmpty());
}

TEST(FrameSampler, GridTakesTheFirstFrameAtOrAfterEachPoint) {
  EXPECT_THAT(Taken({.analysis_fps = 10}, Regular(3, 1.0 / 25, 11)), ElementsAre(0, 3, 5, 8, 10));
}

TEST(FrameSampler, GridStartsAtTheFirstTakenFrame) {
  EXPECT_THAT(Taken({.analysis_fps = 5, .start_s = 0.09}, Regular(0, 0.1, 8)),
              ElementsAre(1, 3, 5, 7));
}

TEST(FrameSampler, AGapDoesNotMakeABurst) {
  EXPECT_THAT(Taken({.analysis_fps = 10}, {0, 0.1, 1.05, 1.06, 1.09, 1.1, 1.2}),
              ElementsAre(0, 1, 2, 5, 6));
}

TEST(FrameSampler, AFasterGridThanTheVideoTakesEachFrameOnce) {
  EXPECT_THAT(Taken({.analysis_fps = 1000}, Regular(0, 0.04, 4)), ElementsAre(0, 1, 2, 3));
}

TEST(FrameSampler, GridDoesNotDrift) {
  // 30000/1001 frames/s sampled at the same rate: every frame, for hours.
  constexpr double kFps = 30000.0 / 1001;
  FrameSampler sampler({.analysis_fps = kFps});
  for (int i = 0; i < 400'000; ++i) {
    ASSERT_EQ(sampler.Judge(5 + i / kFps), FrameSampler::Verdict::kTake) << i;
  }
}

TEST(FrameSampler, EveryNthFrameOfTheRange) {
  EXPECT_THAT(Taken({.every = 3}, Regular(0, 0.04, 8)), ElementsAre(0, 3, 6));
  EXPECT_THAT(Taken({.every = 1}, Regular(0, 0.04, 3)), ElementsAre(0, 1, 2));
  EXPECT_THAT(Taken({.every = 3, .start_s = 0.08, .end_s = 0.3}, Regular(0, 0.04, 25)),
              ElementsAre(2, 5));
}

TEST(FitSize, KeepsTheAspectOfTheMissingSide) {
  EXPECT_EQ(FitSize({1920, 1080}, {}), (FrameSize{1920, 1080}));
  EXPECT_EQ(FitSize({1920, 1080}, {.analysis_width = 500}), (FrameSize{500, 281}));
  EXPECT_EQ(FitSize({1920, 1080}, {.analysis_height = 360}), (FrameSize{640, 360}));
  EXPECT_EQ(FitSize({1920, 1080}, {.analysis_width = 100, .analysis_height = 100}),
            (FrameSize{100, 100}));
  EXPECT_EQ(FitSize({1000, 10}, {.analysis_width = 50}), (FrameSize{50, 3}));
}

TEST(ValidateSampling, NamesTheField) {
  EXPECT_TRUE(ValidateSampling({.analysis_fps = 0.5, .analysis_width = 3, .start_s = 0, .end_s = 1})
                  .has_value());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<Sampling, std::string>> wrong = {
      {{.analysis_fps = 0}, "analysis_fps"},
      {{.analysis_fps = nan}, "analysis_fps"},
      {{.analysis_width = 2}, "analysis_width"},
      {{.analysis_height = 20000}, "analysis_height"},
      {{.every = 0}, "every"},
      {{.analysis_fps = 5, .every = 2}, "every"},
      {{.start_s = -1}, "start"},
      {{.start_s = 2, .end_s = 2}, "end"},
      {{.end_s = nan}, "end"},
  };
  for (const auto& [sampling, field] : wrong) {
    const auto status = ValidateSampling(sampling);
    ASSERT_FALSE(status.has_value()) << field;
    EXPECT_EQ(status.error().code, Code::kInvalidArgument);
    EXPECT_THAT(status.error().Text(), HasSubstr(field));
  }
}

}  // namespace
}  // namespace reelbatch::media
