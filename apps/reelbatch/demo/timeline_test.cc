#include "apps/reelbatch/demo/timeline.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace reelbatch::app::demo {
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
  EXPECT_TRUE(truth.transitions[0].white);
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
}  // namespace reelbatch::app::demo
