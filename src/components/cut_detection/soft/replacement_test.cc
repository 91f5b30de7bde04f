#include "components/cut_detection/soft/replacement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "components/cut_detection/soft/test_pictures.h"

namespace reelbatch::components::soft {
namespace {

using contracts::EventType;

std::vector<Gradual> Find(int frames, const std::function<CoarseFrame(int)>& frame_at,
                          double fps = 25) {
  ReplacementFinder finder;
  for (int i = 0; i < frames; ++i) {
    const CoarseFrame frame = frame_at(i);
    finder.Push(frame, ActivityOf(frame), i / fps);
  }
  return finder.Finish();
}

double Share(int i, int start, int end) {
  return std::clamp(static_cast<double>(i - start) / (end - start), 0.0, 1.0);
}

class Dissolve : public testing::TestWithParam<int> {};

TEST_P(Dissolve, IsFoundWithBothEnds) {
  const int end = 60 + GetParam();
  const auto found =
      Find(end + 60, [&](int i) { return Mix(MakeShot(1), MakeShot(2), Share(i, 60, end)); });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, EventType::kDissolve);
  EXPECT_NEAR(static_cast<double>(found[0].start), 60, 1);
  EXPECT_NEAR(static_cast<double>(found[0].end), end, 1);
  EXPECT_GE(found[0].confidence, 0.5F);
}

INSTANTIATE_TEST_SUITE_P(Lengths, Dissolve, testing::Values(5, 9, 16, 31, 50, 80));

TEST(ReplacementFinder, FindsADissolveAtAnyRate) {
  for (const int fps : {12, 24, 30, 50, 60, 120}) {
    const int start = 2 * fps;
    const int end = 3 * fps;
    const auto found = Find(
        5 * fps, [&](int i) { return Mix(MakeShot(1), MakeShot(2), Share(i, start, end)); }, fps);
    ASSERT_EQ(found.size(), 1U) << fps;
    EXPECT_NEAR(static_cast<double>(found[0].start), start, fps / 20.0 + 1) << fps;
    EXPECT_NEAR(static_cast<double>(found[0].end), end, fps / 20.0 + 1) << fps;
  }
}

TEST(ReplacementFinder, FindsAWipe) {
  const auto found =
      Find(120, [](int i) { return Wiped(MakeShot(1), MakeShot(2), 40 * Share(i, 50, 70)); });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, EventType::kWipe);
  EXPECT_NEAR(static_cast<double>(found[0].start), 50, 1);
  EXPECT_NEAR(static_cast<double>(found[0].end), 70, 1);
}

TEST(ReplacementFinder, FindsTwoInARow) {
  const auto found = Find(160, [](int i) {
    if (i < 80) return Mix(MakeShot(1), MakeShot(2), Share(i, 40, 56));
    return Mix(MakeShot(2), MakeShot(3), Share(i, 100, 116));
  });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_LE(found[0].end, found[1].start);
}

TEST(ReplacementFinder, NothingHappensInOneShot) {
  EXPECT_TRUE(Find(200, [](int) { return MakeShot(1); }).empty());
  EXPECT_TRUE(Find(200, [](int i) { return MakeShot(1, i); }).empty()) << "a pan";
  EXPECT_TRUE(
      Find(200, [](int i) { return Mix(MakeShot(1), MakeShot(2), i < 100 ? 0 : 1); }).empty())
      << "a cut";
}

}  // namespace
}  // namespace reelbatch::components::soft
