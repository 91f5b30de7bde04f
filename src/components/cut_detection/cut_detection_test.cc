#include "components/cut_detection/cut_detection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "components/cut_detection/test_frames.h"

namespace reelbatch::components {
namespace {

struct Look {
  double shot = 1;
  int dx = 0;
  double gain = 1;
};

struct Options {
  contracts::Decision decision = contracts::Decision::kAdaptive;
  int width = 96;
  int height = 64;
};

contracts::CutDetectionResult Detect(const std::vector<Look>& looks, Options options = {}) {
  contracts::CutKnobs knobs = contracts::KnobsOf(contracts::Preset::kDefault);
  knobs.decision = options.decision;
  const auto component = MakeCutDetection(knobs);
  EXPECT_TRUE(component->Open({}).has_value());
  contracts::FrameIndex index = 0;
  for (const Look& look : looks) {
    const TestFrame frame(options.width, options.height, look.shot, look.dx, 0, look.gain);
    const image::StampedFrame stamped{
        .view = frame.view(), .index = index, .pts_s = 5 + static_cast<double>(index) / 25};
    EXPECT_TRUE(component->Process(stamped).has_value());
    ++index;
  }
  contracts::VideoOutcome outcome;
  EXPECT_TRUE(component->Close({}, outcome).has_value());
  EXPECT_TRUE(outcome.cuts.has_value());
  return std::move(outcome.cuts).value_or(contracts::CutDetectionResult{});
}

std::vector<Look> MovingShot(double shot, int frames) {
  std::vector<Look> looks;
  looks.reserve(static_cast<size_t>(frames));
  for (int i = 0; i < frames; ++i) looks.push_back({.shot = shot, .dx = i});
  return looks;
}

std::vector<Look> operator+(std::vector<Look> a, const std::vector<Look>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(CutDetection, FindsACutBetweenMovingShots) {
  const auto result = Detect(MovingShot(1, 20) + MovingShot(4.3, 20));
  ASSERT_EQ(result.events.size(), 1U);
  EXPECT_EQ(result.events[0].frame, 20);
  EXPECT_EQ(result.events[0].start_frame, 19);
  EXPECT_EQ(result.events[0].pair_index, 19);
  EXPECT_NEAR(result.events[0].time_s, 5.8, 1e-9);
  EXPECT_GT(result.events[0].confidence, 0.5F);
  EXPECT_TRUE(result.events[0].evidence.hist);
  EXPECT_TRUE(result.events[0].evidence.ssim);
  EXPECT_GE(result.signals.hard_score[19], 1.0F);
  ASSERT_EQ(result.shots.size(), 2U);
  EXPECT_EQ(result.shots[1].end_frame, 40);
  EXPECT_NEAR(result.shots[1].end_s, 6.6, 1e-9);
}

TEST(CutDetection, EverySignalHasAValuePerPair) {
  for (const auto decision : {contracts::Decision::kAdaptive, contracts::Decision::kSeed}) {
    const auto result = Detect(MovingShot(1, 8), {.decision = decision});
    const contracts::PairSignals& s = result.signals;
    EXPECT_EQ(result.timeline.size(), 8U);
    for (const auto* values : {&s.hist_diff_l1, &s.ssim_drop, &s.flow_mag, &s.hard_score,
                               &s.threshold_hist, &s.threshold_ssim, &s.threshold_flow}) {
      ASSERT_EQ(values->size(), 7U);
      for (const float value : *values) EXPECT_TRUE(std::isfinite(value));
    }
    EXPECT_NEAR(s.flow_mag[3], 1.0, 0.3);  // the texture moves one sample a frame
  }
}

TEST(CutDetection, AStaticVideoHasNoEvent) {
  EXPECT_TRUE(Detect(std::vector<Look>(40)).events.empty());
}

TEST(CutDetection, AFlashIsNoCut) {
  const std::vector<Look> flash(2, {.shot = 1, .dx = 15, .gain = 3});
  EXPECT_TRUE(Detect(MovingShot(1, 15) + flash + MovingShot(1, 20)).events.empty());
}

TEST(CutDetection, AFadeToBlackIsNoHardCut) {
  std::vector<Look> fade;
  fade.reserve(20);
  for (int i = 0; i < 20; ++i) fade.push_back({.shot = 1, .dx = 20 + i, .gain = 1 - i / 20.0});
  EXPECT_TRUE(Detect(MovingShot(1, 20) + fade + std::vector<Look>(10, {.gain = 0})).events.empty());
}

TEST(CutDetection, ACutToBlackIsACut) {
  const auto result = Detect(MovingShot(1, 20) + std::vector<Look>(20, {.gain = 0}));
  ASSERT_EQ(result.events.size(), 1U);
  EXPECT_EQ(result.events[0].frame, 20);
}

TEST(CutDetection, TwoFramesMakeAShot) {
  const auto result = Detect(MovingShot(1, 20) + MovingShot(4.3, 2) + MovingShot(2.6, 20));
  ASSERT_EQ(result.events.size(), 2U);
  EXPECT_EQ(result.events[0].frame, 20);
  EXPECT_EQ(result.events[1].frame, 22);
}

TEST(CutDetection, TakesNoFrameAndOneFrame) {
  for (const int frames : {0, 1}) {
    const auto result = Detect(MovingShot(1, frames));
    EXPECT_EQ(result.timeline.size(), static_cast<size_t>(frames));
    EXPECT_EQ(result.shots.size(), static_cast<size_t>(frames));
    EXPECT_TRUE(result.events.empty());
    EXPECT_TRUE(result.signals.hard_score.empty());
  }
}

TEST(CutDetection, TakesTheSmallestAndLongestPictures) {
  for (const auto& [width, height] :
       {std::pair{1, 1}, std::pair{2, 3}, std::pair{640, 2}, std::pair{3, 640}}) {
    const auto result =
        Detect(MovingShot(1, 4) + MovingShot(4.3, 4), {.width = width, .height = height});
    EXPECT_EQ(result.signals.hard_score.size(), 7U) << width << 'x' << height;
    EXPECT_EQ(result.width, width);
  }
}

TEST(CutDetection, AChangeOfSizeIsScaledToTheFirst) {
  const auto component = MakeCutDetection(contracts::KnobsOf(contracts::Preset::kDefault));
  for (int i = 0; i < 20; ++i) {
    const int scale = i < 10 ? 1 : 2;
    const TestFrame frame(96 * scale, 64 * scale, 1);
    ASSERT_TRUE(
        component->Process({.view = frame.view(), .index = i, .pts_s = i * 0.04}).has_value());
  }
  contracts::VideoOutcome outcome;
  ASSERT_TRUE(component->Close({}, outcome).has_value());
  const contracts::CutDetectionResult result =
      outcome.cuts.value_or(contracts::CutDetectionResult{});
  EXPECT_EQ(result.width, 96);
  EXPECT_EQ(result.signals.ssim_drop.size(), 19U);
}

TEST(CutDetection, AFrameWithoutSamplesIsRefused) {
  const auto component = MakeCutDetection(contracts::KnobsOf(contracts::Preset::kDefault));
  const base::Status status = component->Process({});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, base::Code::kInvalidArgument);
}

}  // namespace
}  // namespace reelbatch::components
