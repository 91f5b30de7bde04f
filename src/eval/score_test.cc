#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/figures.h"
#include "eval/test_answers.h"

namespace reelbatch::eval {
namespace {

using namespace made_up;  // NOLINT(google-build-using-namespace)
using testing::SizeIs;

TEST(Score, HardCutsMatchOneToOneWithinTheTolerance) {
  const Truth truth = Of({HardAt(100), HardAt(102), HardAt(300)});
  const auto clip = Judge(truth, {CutAt(101), CutAt(103), CutAt(302)});
  EXPECT_EQ(clip.score.hard_tp, 2);
  EXPECT_EQ(clip.score.hard_false, 1);
  ASSERT_THAT(clip.missed_hard, SizeIs(1));
  EXPECT_EQ(clip.missed_hard[0].span.start, 300);
  EXPECT_EQ(Judge(truth, {CutAt(101), CutAt(103), CutAt(302)}, {.tolerance = 2}).score.hard_tp, 3);
  EXPECT_EQ(Judge(truth, {CutAt(101)}, {.tolerance = 0}).score.hard_tp, 0);
}

TEST(Score, AGradualOneIsFoundByAnythingThatOverlapsIt) {
  const Truth truth = Of({Gradual(Kind::kDissolve, 100, 119)});
  const auto right = Judge(truth, {Over(Kind::kDissolve, 105, 119)}).score;
  EXPECT_EQ(right.soft_found, 1);
  EXPECT_EQ(right.type_right, 1);
  EXPECT_DOUBLE_EQ(right.iou_sum, 15.0 / 20);
  const auto match = Judge(truth, {Over(Kind::kWipe, 105, 119)}).soft_matches.at(0);
  EXPECT_EQ(match.found, Kind::kWipe);
  EXPECT_DOUBLE_EQ(match.iou, 15.0 / 20);
  const auto other = Judge(truth, {Over(Kind::kWipe, 90, 109)}).score;
  EXPECT_EQ(other.soft_found, 1);
  EXPECT_EQ(other.type_right, 0);
  EXPECT_EQ(Judge(truth, {CutAt(98)}).score.soft_as_point, 1) << "two frames to each side";
  EXPECT_EQ(Judge(truth, {CutAt(98)}).score.soft_predictions, 0);
  EXPECT_EQ(Judge(truth, {CutAt(97)}).score.hard_false, 1);
  EXPECT_EQ(Judge(truth, {CutAt(122)}).score.hard_false, 1);
}

TEST(Score, WhatOverlapsAGradualTruthIsNeverFalse) {
  const auto clip = Judge(Of({Gradual(Kind::kFade, 100, 119)}),
                          {CutAt(101), CutAt(110), Over(Kind::kFade, 100, 119), CutAt(118)});
  EXPECT_EQ(clip.score.false_events(), 0);
  EXPECT_EQ(clip.score.soft_found, 1);
  EXPECT_EQ(clip.score.soft_as_point, 0);
  EXPECT_DOUBLE_EQ(clip.score.iou_sum, 1);
}

TEST(Score, OnePredictionOverTwoTruthsServesOne) {
  const auto clip = Judge(Of({Gradual(Kind::kFade, 100, 110), Gradual(Kind::kFade, 120, 130)}),
                          {Over(Kind::kFade, 100, 130)});
  EXPECT_EQ(clip.score.soft_found, 2);
  EXPECT_EQ(clip.score.soft_one_to_one, 1);
}

TEST(Score, AGradualEventOverAHardCutCountsForAllAlone) {
  const Truth truth = Of({HardAt(200)});
  const auto clip = Judge(truth, {Over(Kind::kDissolve, 190, 210)});
  EXPECT_EQ(clip.score.hard_tp, 0);
  EXPECT_EQ(clip.score.hard_as_soft, 1);
  EXPECT_EQ(clip.score.false_events(), 0);
  EXPECT_EQ(AllF1(clip.score), 1.0);
  EXPECT_EQ(HardF1(clip.score), 0.0);
  const auto strict = Judge(truth, {Over(Kind::kDissolve, 190, 210)}, {.strict_type = true});
  EXPECT_EQ(strict.score.soft_false, 1);
  EXPECT_EQ(AllF1(strict.score), 0.0);
}

TEST(Score, EdgesAreIgnoredAndTrapsAreCounted) {
  Truth truth = Of({});
  truth.edges = {{0, 20}};
  truth.hard_negatives = {{500, 503}};
  const auto clip = Judge(truth, {Over(Kind::kFade, 0, 22), CutAt(502), CutAt(700)});
  EXPECT_EQ(clip.score.ignored_at_edges, 1);
  EXPECT_EQ(clip.score.false_events(), 2);
  EXPECT_EQ(clip.score.false_in_hard_negatives, 1);
  EXPECT_EQ(clip.score.scenes.fp, 2) << "what is ignored is ignored there too";
}

TEST(Score, CountsByKind) {
  const auto score =
      Judge(Of({HardAt(50), Gradual(Kind::kWipe, 100, 130), Gradual(Kind::kFade, 200, 220)}),
            {CutAt(50), Over(Kind::kWipe, 100, 130)})
          .score;
  EXPECT_EQ(score.kinds[static_cast<size_t>(Kind::kHard)].found, 1);
  EXPECT_EQ(score.kinds[static_cast<size_t>(Kind::kWipe)].found, 1);
  EXPECT_EQ(score.kinds[static_cast<size_t>(Kind::kFade)].truths, 1);
  EXPECT_EQ(score.kinds[static_cast<size_t>(Kind::kFade)].found, 0);
  EXPECT_EQ(score.kinds[static_cast<size_t>(Kind::kDissolve)].truths, 0);
}

TEST(Score, ClipShotsTellsCutsFromGradualOnesByTheirLength) {
  const auto score = Judge(Of({HardAt(50), Gradual(Kind::kDissolve, 100, 110)}),
                           {CutAt(50), CutAt(105), Over(Kind::kDissolve, 108, 120), CutAt(900)})
                         .score;
  EXPECT_EQ(score.clipshots_cut, (Counts{.tp = 1, .fp = 2, .fn = 0}));
  EXPECT_EQ(score.clipshots_gradual, (Counts{.tp = 1, .fp = 0, .fn = 0}));
}

TEST(Score, OfNothingIsNothing) {
  const Score score = Judge(Of({}), {}).score;
  EXPECT_EQ(HardF1(score), std::nullopt);
  EXPECT_EQ(AllF1(score), std::nullopt);
  EXPECT_EQ(F1(score.scenes), std::nullopt);
  EXPECT_DOUBLE_EQ(score.minutes, 1);
  EXPECT_EQ(AllF1(Judge(Of({}), {CutAt(5)}).score), 0.0);
}

}  // namespace
}  // namespace reelbatch::eval
