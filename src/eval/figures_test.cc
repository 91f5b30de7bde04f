#include "eval/figures.h"

#include <gtest/gtest.h>

#include "eval/test_answers.h"

namespace reelbatch::eval {
namespace {

using namespace made_up;  // NOLINT(google-build-using-namespace)

TEST(Pool, AddsUp) {
  const std::vector<ClipScore> clips{Judge(Of({HardAt(50)}), {CutAt(50)}),
                                     Judge(Of({HardAt(50)}), {CutAt(9)})};
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
  const std::vector<ClipScore> clips{Judge(
      truth, {CutAt(5, 0.9F), CutAt(50, 1), CutAt(60, 0.55F), CutAt(80, 0.52F), CutAt(110, 0.7F)})};
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
