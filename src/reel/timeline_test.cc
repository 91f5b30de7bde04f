#include "reel/timeline.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace reelbatch::reel {
namespace {

Script Make(const char* text) {
  auto script = ParseScript(text, "test");
  EXPECT_TRUE(script) << (script ? "" : script.error().Text());
  return script ? *script : Script{};
}

TEST(Timeline, ACutHasNoFrameOfItsOwn) {
  const auto plans = PlanFrames(Make("shot noise frames=10\ncut\nshot tiles frames=5"));
  ASSERT_EQ(plans.size(), 15U);
  EXPECT_EQ(plans[9].a.shot, 0);
  EXPECT_EQ(plans[10].a.shot, 1);
  EXPECT_EQ(plans[10].a.time, 0);
  const Truth truth = ReadTruth(plans);
  ASSERT_EQ(truth.transitions.size(), 1U);
  EXPECT_EQ(truth.transitions[0].kind, JoinKind::kCut);
  EXPECT_EQ(truth.transitions[0].start, 9);
  EXPECT_EQ(truth.transitions[0].end, 10);
  EXPECT_EQ(truth.transitions[0].frame, 10);
}

TEST(Timeline, ADissolveMixesBothShotsAsTheyMoveOn) {
  const auto plans =
      PlanFrames(Make("shot noise frames=10\ndissolve frames=4\nshot tiles frames=5"));
  ASSERT_EQ(plans.size(), 19U);
  EXPECT_EQ(plans[10].a.time, 10);
  EXPECT_EQ(plans[10].b.time, -4);
  EXPECT_DOUBLE_EQ(plans[10].mix, 0.2);
  EXPECT_DOUBLE_EQ(plans[13].mix, 0.8);
  EXPECT_EQ(plans[14].a.shot, 1);
  const Truth truth = ReadTruth(plans);
  ASSERT_EQ(truth.transitions.size(), 1U);
  EXPECT_EQ(truth.transitions[0].kind, JoinKind::kDissolve);
  EXPECT_EQ(truth.transitions[0].start, 9);
  EXPECT_EQ(truth.transitions[0].end, 14);
}

TEST(Timeline, AFadeGoesOutHoldsAndComesIn) {
  const auto plans = PlanFrames(
      Make("shot noise frames=10\nfade frames=7 hold=3 color=white\nshot tiles frames=5"));
  ASSERT_EQ(plans.size(), 22U);
  EXPECT_GT(plans[10].veil, 0);
  EXPECT_LT(plans[11].veil, 1);
  for (size_t i = 12; i < 15; ++i) EXPECT_EQ(plans[i].veil, 1);
  EXPECT_EQ(plans[15].a.shot, 1);
  EXPECT_LT(plans[16].veil, plans[15].veil);
  EXPECT_EQ(plans[17].veil, 0);
  const Truth truth = ReadTruth(plans);
  ASSERT_EQ(truth.transitions.size(), 1U);
  EXPECT_EQ(truth.transitions[0].kind, JoinKind::kFade);
  EXPECT_EQ(truth.transitions[0].start, 9);
  EXPECT_EQ(truth.transitions[0].end, 17);
  EXPECT_EQ(truth.transitions[0].color, (Rgb{255, 255, 255}));
}

TEST(Timeline, AWipeGoesFromEdgeToEdge) {
  const auto plans = PlanFrames(
      Make("shot noise frames=10\nwipe frames=4 toward=up soft=.5\nshot tiles frames=5"));
  ASSERT_EQ(plans.size(), 19U);
  EXPECT_TRUE(plans[10].wipe);
  EXPECT_EQ(plans[10].toward, Direction::kUp);
  EXPECT_EQ(plans[10].soft, 0.5);
  EXPECT_DOUBLE_EQ(plans[10].mix, 0.2);
  const Truth truth = ReadTruth(plans);
  ASSERT_EQ(truth.transitions.size(), 1U);
  EXPECT_EQ(truth.transitions[0].kind, JoinKind::kWipe);
  EXPECT_EQ(truth.transitions[0].start, 9);
  EXPECT_EQ(truth.transitions[0].end, 14);
}

TEST(Timeline, AFadeMayBeSuddenOnOneSide) {
  const auto in =
      PlanFrames(Make("shot noise frames=10\nfade frames=7 hold=3 sides=in\nshot tiles frames=5"));
  EXPECT_EQ(in[9].veil, 0);
  for (size_t i = 10; i < 13; ++i) EXPECT_EQ(in[i].veil, 1);
  EXPECT_EQ(in[13].a.shot, 1);
  EXPECT_DOUBLE_EQ(in[13].veil, 0.8);
  EXPECT_DOUBLE_EQ(in[16].veil, 0.2);
  const Truth truth = ReadTruth(in);
  ASSERT_EQ(truth.transitions.size(), 1U);
  EXPECT_EQ(truth.transitions[0].kind, JoinKind::kFade);
  EXPECT_EQ(truth.transitions[0].start, 9);
  EXPECT_EQ(truth.transitions[0].end, 17);

  const auto out =
      PlanFrames(Make("shot noise frames=10\nfade frames=7 hold=3 sides=out\nshot tiles frames=5"));
  EXPECT_DOUBLE_EQ(out[10].veil, 0.2);
  for (size_t i = 14; i < 17; ++i) EXPECT_EQ(out[i].veil, 1);
  EXPECT_EQ(out[17].a.shot, 1);
  EXPECT_EQ(out[17].veil, 0);
}

TEST(Timeline, FadesAtTheFilesEndsAreEdgesAndNotTransitions) {
  const auto plans =
      PlanFrames(Make("fade frames=4 hold=1\nshot noise frames=10\nfade frames=5 hold=2"));
  ASSERT_EQ(plans.size(), 19U);
  EXPECT_EQ(plans[0].veil, 1);
  EXPECT_DOUBLE_EQ(plans[1].veil, 0.75);
  EXPECT_EQ(plans[1].a.time, -3);
  EXPECT_EQ(plans[4].veil, 0);
  EXPECT_DOUBLE_EQ(plans[14].veil, 0.25);
  EXPECT_EQ(plans[18].veil, 1);
  const Truth truth = ReadTruth(plans);
  EXPECT_TRUE(truth.transitions.empty());
  ASSERT_EQ(truth.edges.size(), 2U);
  EXPECT_TRUE(truth.edges[0].opens);
  EXPECT_EQ(truth.edges[0].start, 0);
  EXPECT_EQ(truth.edges[0].end, 4);
  EXPECT_FALSE(truth.edges[1].opens);
  EXPECT_EQ(truth.edges[1].start, 13);
  EXPECT_EQ(truth.edges[1].end, 18);
}

TEST(Timeline, AFreezeStandsWhileTimeGoesOn) {
  const auto plans = PlanFrames(Make("shot noise frames=10\nfreeze at=3 frames=4"));
  std::vector<int> times;
  for (const FramePlan& plan : plans) times.push_back(plan.a.time);
  EXPECT_THAT(times, testing::ElementsAre(0, 1, 2, 3, 3, 3, 3, 7, 8, 9));
}

TEST(Timeline, ATitleComesAndGoes) {
  const auto plans = PlanFrames(Make("shot noise frames=9\ntitle at=1 frames=7 fade=3"));
  std::vector<double> opacity;
  for (size_t i = 1; i < 8; ++i) opacity.push_back(plans[i].effects.at(0).level);
  EXPECT_THAT(opacity, testing::ElementsAre(0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25));
}

TEST(Timeline, AStrobeIsOneTrapLightOrDark) {
  const auto plans = PlanFrames(
      Make("shot noise frames=20\nstrobe at=4 frames=9 every=4\nflicker at=15 frames=2"));
  EXPECT_GT(plans[4].effects.at(0).level, 0);
  EXPECT_EQ(plans[5].effects.at(0).level, 0);
  EXPECT_GT(plans[8].effects.at(0).level, 0);
  EXPECT_GT(plans[12].effects.at(0).level, 0);
  EXPECT_NE(plans[15].effects.at(0).level, plans[16].effects.at(0).level);
  const Truth truth = ReadTruth(plans);
  ASSERT_EQ(truth.traps.size(), 2U);
  EXPECT_EQ(truth.traps[0].kind, TrapKind::kStrobe);
  EXPECT_EQ(truth.traps[0].start, 4);
  EXPECT_EQ(truth.traps[0].end, 12);
  EXPECT_EQ(truth.traps[1].kind, TrapKind::kFlicker);
}

TEST(Timeline, EffectsComeInTheOrderOfDrawing) {
  const auto plans = PlanFrames(
      Make("shot noise frames=4\nbars at=1 frames=1\nflash at=1\noccluder at=1 frames=1"));
  ASSERT_EQ(plans[1].effects.size(), 3U);
  EXPECT_EQ(plans[1].effects[0].kind, TrapKind::kOccluder);
  EXPECT_EQ(plans[1].effects[2].kind, TrapKind::kBars);
  EXPECT_EQ(plans[1].effects[2].trap, 0);
}

TEST(Timeline, TrapsAreSpansAndNotTransitions) {
  const Truth truth = ReadTruth(PlanFrames(Make(
      "shot noise frames=10\nshot tiles frames=30\nwhip at=12 frames=5\nflash at=3 frames=2")));
  EXPECT_EQ(truth.transitions.size(), 1U);
  ASSERT_EQ(truth.traps.size(), 2U);
  EXPECT_EQ(truth.traps[0].kind, TrapKind::kFlash);
  EXPECT_EQ(truth.traps[0].start, 13);
  EXPECT_EQ(truth.traps[0].end, 14);
  EXPECT_EQ(truth.traps[1].start, 22);
  EXPECT_EQ(truth.traps[1].end, 26);
}

TEST(Timeline, OneShotHasNoTransition) {
  const Truth truth = ReadTruth(PlanFrames(Make("shot noise frames=10")));
  EXPECT_TRUE(truth.transitions.empty());
  EXPECT_TRUE(truth.traps.empty());
}

TEST(Timeline, StepsMakeTimesUneven) {
  const auto plans = PlanFrames(Make("shot noise frames=3\nshot tiles frames=3 step=4"));
  std::vector<int64_t> pts;
  for (const FramePlan& plan : plans) pts.push_back(plan.pts);
  EXPECT_THAT(pts, testing::ElementsAre(0, 1, 2, 3, 7, 11));
}

}  // namespace
}  // namespace reelbatch::reel
