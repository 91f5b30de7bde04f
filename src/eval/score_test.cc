#include "eval/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::eval {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Transition HardAt(int64_t frame) {
  return {.kind = Kind::kHard, .start = frame - 1, .end = frame, .frame = frame};
}
Transition Gradual(Kind kind, int64_t start, int64_t end) {
  return {.kind = kind, .start = start, .end = end, .frame = (start + end) / 2};
}
Prediction CutAt(int64_t frame, float confidence = 1) {
  return {.kind = Kind::kHard, .start = frame, .end = frame, .frame = frame, .confidence = confidence};
}
Prediction Over(Kind kind, int64_t start, int64_t end) {
  return {.kind = kind, .start = start, .end = end, .frame = (start + end) / 2};
}

Truth Of(std::vector<Transition> transitions) {
  Truth truth;
  truth.name = "clip";
  truth.fps = {.num = 25, .den = 1};
  truth.frames = 1500;
  truth.transitions = std::move(transitions);
  return truth;
}

ClipScore Judge(const Truth& truth, const std::vector<Prediction>& predictions,
                const ScoreOptions& options = {}) {
  return ScoreClip(truth, predictions, options);
}

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
  const auto score = Judge(Of({HardAt(50), Gradual(Kind::kWipe, 100, 130), Gradual(Kind::kFade, 200, 220)}),
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

TEST(Pool, AddsUp) {
  const std::vector<ClipScore> clips{Judge(Of({HardAt(50)}), {CutAt(50)}), Judge(Of({HardAt(50)}), {CutAt(9)})};
  const Score score = Pool(clips);
  EXPECT_EQ(score.clips, 2);
  EXPECT_EQ(score.hard, 2);
  EXPECT_EQ(HardF1(score), 0.5);
  EXPECT_EQ(score.kinds[0].truths, 2);
}

TEST(Bootstrap, IsTheSameEveryTimeAndHoldsTheFigure) {
  std::vector<ClipScore> clips;
  for (int i = 0; i < 20; ++i)
    clips.push_back(Judge(Of({HardAt(50), HardAt(90)}), {CutAt(50), CutAt(i % 4 == 0 ? 70 : 90)}));
  const auto interval = Bootstrap(clips, HardF1);
  ASSERT_TRUE(interval);
  EXPECT_LT(interval->low, *HardF1(Pool(clips)));
  EXPECT_GT(interval->high, *HardF1(Pool(clips)));
  EXPECT_EQ(Bootstrap(clips, HardF1)->low, interval->low);
  EXPECT_EQ(Bootstrap({}, HardF1), std::nullopt);
  const std::vector<ClipScore> empty{Judge(Of({}), {})};
  EXPECT_EQ(Bootstrap(empty, HardF1), std::nullopt);
}

TEST(Reliability, CountsWhatIsRightOrFalseAndNothingElse) {
  Truth truth = Of({HardAt(50), HardAt(60), Gradual(Kind::kFade, 100, 119)});
  truth.edges = {{0, 20}};
  const std::vector<ClipScore> clips{
      Judge(truth, {CutAt(5, 0.9F), CutAt(50, 1), CutAt(60, 0.55F), CutAt(80, 0.52F), CutAt(110, 0.7F)})};
  const auto bins = ReliabilityOf(clips);
  EXPECT_EQ(bins[9].predictions, 1);
  EXPECT_EQ(bins[9].right, 1);
  EXPECT_EQ(bins[5].predictions, 2);
  EXPECT_EQ(bins[5].right, 1);
  EXPECT_EQ(bins[7].predictions, 0);
  EXPECT_NEAR(bins[5].low, 0.5, 1e-12);
}

}  // namespace
}  // namespace reelbatch::eval
