#include "components/cut_detection/soft/front.h"

#include <gtest/gtest.h>

#include <deque>

#include "components/cut_detection/soft/test_pictures.h"

namespace reelbatch::components::soft {
namespace {

std::optional<Front> FrontOf(const std::deque<CoarseFrame>& frames, size_t lag = 1) {
  FrontFinder finder;
  finder.Begin(frames.front(), static_cast<int>(lag));
  for (size_t i = lag; i < frames.size(); ++i) finder.Add(frames[i - lag], frames[i]);
  return finder.Fit();
}

TEST(FrontFinder, SeesAWipeAndItsEnds) {
  std::deque<CoarseFrame> frames;
  for (int i = 0; i < 30; ++i) {
    frames.push_back(Wiped(MakeShot(1), MakeShot(2), 40.0 * (i - 5) / 20));  // frames 5 to 25
  }
  const auto front = FrontOf(frames);
  ASSERT_TRUE(front);
  EXPECT_GT(front->order, 0.95F);
  EXPECT_GT(front->close, 0.95F);
  EXPECT_GT(front->share, 0.6F);
  EXPECT_NEAR(front->start, 5, 1);
  EXPECT_NEAR(front->end, 25, 1);
}

TEST(FrontFinder, ALagMovesNoEnd) {
  std::deque<CoarseFrame> frames;
  for (int i = 0; i < 40; ++i)
    frames.push_back(Wiped(MakeShot(1), MakeShot(2), 40.0 * (i - 10) / 20));
  const auto front = FrontOf(frames, 4);
  ASSERT_TRUE(front);
  EXPECT_GT(front->order, 0.9F);
  EXPECT_NEAR((front->start + front->end) / 2, 20, 1);
  EXPECT_NEAR(front->end - front->start, 20, 3);
}

TEST(FrontFinder, ADissolveHasNoOrder) {
  std::deque<CoarseFrame> frames;
  for (int i = 0; i < 20; ++i) frames.push_back(Mix(MakeShot(1), MakeShot(2), i > 9 ? 1 : 0));
  const auto front = FrontOf(frames);  // all samples at once
  EXPECT_TRUE(!front || front->order < 0.5F || front->end - front->start < 2);
}

TEST(FrontFinder, AStillPictureHasNone) {
  EXPECT_FALSE(FrontOf(std::deque<CoarseFrame>(10, MakeShot(1))));
}

}  // namespace
}  // namespace reelbatch::components::soft
