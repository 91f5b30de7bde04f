#include "components/cut_detection/cut_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "components/cut_detection/cut_detection.h"
#include "components/cut_detection/test_frames.h"
#include "components/cut_detection/test_results.h"

namespace reelbatch::components {
namespace {

CutKnobs AllParts(contracts::Preset preset) {
  CutKnobs knobs = KnobsOf(preset);
  knobs.parts = {.hard = true, .soft = true, .motion = true};
  return knobs;
}

std::vector<TestFrame> Frames() {
  std::vector<TestFrame> frames;
  for (int i = 0; i < 8; ++i) frames.emplace_back(640, 360, i < 4 ? 1 : 2, 3 * i, i);
  return frames;
}

image::StampedFrame Stamped(const std::vector<TestFrame>& frames, size_t i) {
  return {.view = frames[i].view(),
          .index = static_cast<int64_t>(i),
          .pts_s = 0.04 * static_cast<double>(i)};
}

void ExpectSameShare(CutStep step, const CutMeasure& got, const CutMeasure& expected) {
  switch (step) {
    case CutStep::kHistogram:
      EXPECT_EQ(got.hist_diff_l1, expected.hist_diff_l1);
      break;
    case CutStep::kSsim:
      EXPECT_EQ(got.ssim_drop, expected.ssim_drop);
      break;
    case CutStep::kFlow:
      EXPECT_EQ(got.flow_mag, expected.flow_mag);
      break;
    case CutStep::kMotionStatistics:
      EXPECT_EQ(got.motion.dir_consistency, expected.motion.dir_consistency);
      EXPECT_EQ(got.motion.pair.speed, expected.motion.pair.speed);
      break;
    case CutStep::kBlocks:
      EXPECT_EQ(got.change.change.unpredicted, expected.change.change.unpredicted);
      EXPECT_EQ(got.soft.look.mean, expected.soft.look.mean);
      break;
  }
}

/// Every step's part of what the whole meter says of each frame.
TEST(CutSteps, SayWhatTheWholeMeterSays) {
  const CutKnobs knobs = AllParts(contracts::Preset::kDefault);
  const std::vector<TestFrame> frames = Frames();
  ASSERT_EQ(CutStepsOf(knobs).size(), 5U);
  for (const CutStep step : CutStepsOf(knobs)) {
    SCOPED_TRACE(CutStepName(step));
    CutMeter whole(knobs, std::make_shared<SharedFlow>(knobs.flow_max_side));
    CutMeasure expected;
    CutStepMeter alone(step, knobs);
    for (size_t i = 0; i < frames.size(); ++i) {
      const image::StampedFrame frame = Stamped(frames, i);
      ASSERT_TRUE(whole.Measure(frame, expected));
      ASSERT_TRUE(alone.Prepare(frame));
      alone.Run(frame);
      if (i == 0) continue;
      ExpectSameShare(step, alone.measure(), expected);
    }
    alone.Finish();
  }
}

TEST(CutSteps, ACascadesCandidatesBelongToTheirSteps) {
  CutKnobs knobs = AllParts(contracts::Preset::kFast);
  knobs.parts.motion = false;
  const std::vector<TestFrame> frames = Frames();
  for (const CutStep step : {CutStep::kSsim, CutStep::kFlow}) {
    SCOPED_TRACE(CutStepName(step));
    CutStepMeter alone(step, knobs);
    for (size_t i = 0; i < frames.size(); ++i) {
      ASSERT_TRUE(alone.Prepare(Stamped(frames, i)));
      alone.Run(Stamped(frames, i));
    }
    alone.Finish();
    const PairSignals& signals = alone.cascade_signals();
    ASSERT_EQ(signals.ssim_drop.size(), frames.size() - 1);
    EXPECT_EQ(std::isnan(signals.ssim_drop[3]), step != CutStep::kSsim);  // the cut is a candidate
    EXPECT_EQ(std::isnan(signals.flow_mag[3]), step != CutStep::kFlow);
  }
}

TEST(CutSteps, WhatIsLeftMeasuresNoCandidates) {
  const CutKnobs knobs = KnobsOf(contracts::Preset::kFast);
  const std::vector<TestFrame> frames = Frames();
  for (const bool whole : {true, false}) {
    TestWalk walk(whole ? MakeCutDetection(knobs) : MakeCutDecision(knobs));
    for (size_t i = 0; i < frames.size(); ++i) ASSERT_TRUE(walk.Show(Stamped(frames, i)));
    contracts::VideoOutcome outcome;
    ASSERT_TRUE(walk.Close(outcome));
    ASSERT_TRUE(HasCuts(outcome));
    const PairSignals signals = CutsOf(outcome).signals;
    EXPECT_EQ(std::isnan(signals.ssim_drop.at(3)), !whole);
    EXPECT_EQ(std::isnan(signals.flow_mag.at(3)), !whole);
    EXPECT_EQ(signals.hist_diff_l1.size(), frames.size() - 1);
  }
}

TEST(CutSteps, AreThoseThatTheKnobsAskFor) {
  using enum CutStep;
  CutKnobs knobs;
  knobs.parts = {.hard = true, .soft = false, .motion = false};
  EXPECT_THAT(CutStepsOf(knobs), testing::ElementsAre(kHistogram, kSsim, kFlow, kBlocks));
  knobs.parts = {.hard = false, .soft = false, .motion = true};
  EXPECT_THAT(CutStepsOf(knobs),
              testing::ElementsAre(kHistogram, kFlow, kMotionStatistics, kBlocks));
  knobs.decision = Decision::kSeed;
  knobs.parts = {.hard = true, .soft = false, .motion = false};
  EXPECT_THAT(CutStepsOf(knobs), testing::ElementsAre(kHistogram, kSsim, kFlow));
}

TEST(CutSteps, RefuseAFrameWithoutSamples) {
  CutStepMeter alone(CutStep::kHistogram, CutKnobs{});
  const auto prepared = alone.Prepare({});
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code, base::Code::kInvalidArgument);
}

}  // namespace
}  // namespace reelbatch::components
