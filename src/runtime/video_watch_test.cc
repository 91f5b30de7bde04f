#include "runtime/video_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::runtime {
namespace {

using std::chrono::milliseconds;
using Verdict = VideoWatch::Verdict;

constexpr WatchLimits kLimits{.stall_timeout = milliseconds(100), .stall_grace = milliseconds(40)};

/// Looks every 10 ms; how many looks until the lane is given up, at most `looks`.
int LooksUntilGivenUp(VideoWatch& watch, int looks) {
  for (int i = 1; i <= looks; ++i) {
    if (watch.Judge(milliseconds(10), kLimits)) return i;
  }
  return -1;
}

TEST(VideoWatch, ALaneThatBeatsIsLeftAlone) {
  VideoWatch watch;
  watch.Enter(Stage::kDecode);
  for (int frame = 0; frame < 100; ++frame) {
    EXPECT_TRUE(watch.BeatFrame(frame, frame / 25.0));
    EXPECT_FALSE(watch.Judge(milliseconds(90), kLimits));
  }
  EXPECT_EQ(watch.Leave(), Verdict::kGoOn);
  EXPECT_EQ(watch.frames(), 100);
}

TEST(VideoWatch, WaitingIsNotAStall) {
  VideoWatch watch;
  EXPECT_EQ(LooksUntilGivenUp(watch, 1000), -1);
  EXPECT_FALSE(watch.token().cancelled());
  watch.Enter(Stage::kOpen);
  EXPECT_EQ(LooksUntilGivenUp(watch, 9), -1);
  EXPECT_FALSE(watch.token().cancelled());
}

TEST(VideoWatch, StoppedInTimeItIsStuckButNotLost) {
  VideoWatch watch;
  watch.Enter(Stage::kDecode);
  watch.BeatFrame(122, 5);
  EXPECT_EQ(LooksUntilGivenUp(watch, 11), -1);  // the first look only hears the beat
  EXPECT_TRUE(watch.token().cancelled());
  EXPECT_FALSE(watch.Beat(Stage::kDecode));
  EXPECT_EQ(watch.Leave(), Verdict::kStuck);
  EXPECT_EQ(LooksUntilGivenUp(watch, 100), -1);
  EXPECT_THAT(watch.StuckReason(milliseconds(60'000)),
              testing::StartsWith("no frame for 60 s after frame 122; the decoder was stopped"));
}

TEST(VideoWatch, NotBackWithinTheGraceItIsLostOnce) {
  VideoWatch watch;
  watch.Enter(Stage::kProbe);
  EXPECT_EQ(LooksUntilGivenUp(watch, 100), 14);
  EXPECT_TRUE(watch.stuck());
  EXPECT_EQ(LooksUntilGivenUp(watch, 100), -1);
  EXPECT_EQ(watch.Leave(), Verdict::kGivenUp);
}

TEST(VideoWatch, AProcessThatWasStoppedBlamesNoOne) {
  VideoWatch watch;
  watch.Enter(Stage::kDecode);
  EXPECT_FALSE(watch.Judge(std::chrono::hours(1), kLimits));
  EXPECT_FALSE(watch.token().cancelled());
}

TEST(VideoWatch, AStoppingRunGivesTheLaneItsGraceToo) {
  VideoWatch watch;
  watch.Enter(Stage::kDecode);
  watch.AskToStop();
  watch.AskToStop();
  EXPECT_TRUE(watch.token().cancelled());
  EXPECT_EQ(LooksUntilGivenUp(watch, 100), 4);
  EXPECT_FALSE(watch.stuck());
}

TEST(VideoWatch, AStoppingRunEndsAWaitingLaneQuietly) {
  VideoWatch watch;
  watch.AskToStop();
  watch.Enter(Stage::kDecode);
  EXPECT_EQ(watch.Leave(), Verdict::kRunStops);
}

TEST(VideoWatch, WithoutATimeoutNothingIsStuck) {
  VideoWatch watch;
  watch.Enter(Stage::kDecode);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(watch.Judge(std::chrono::hours(1), {.stall_timeout = {}, .stall_grace = {}}));
  }
  EXPECT_EQ(watch.Leave(), Verdict::kGoOn);
}

TEST(VideoWatch, TheReasonNamesTheStage) {
  VideoWatch watch;
  watch.Enter(Stage::kProbe);
  EXPECT_THAT(watch.StuckReason(milliseconds(1500)),
              testing::HasSubstr("opening it took more than 1.5 s"));
  watch.Beat(Stage::kDecode);
  EXPECT_THAT(watch.StuckReason(milliseconds(1500)), testing::HasSubstr("after opening"));
  watch.Beat(Stage::kComponent);
  EXPECT_THAT(watch.StuckReason(milliseconds(1500)),
              testing::HasSubstr("the analysis was stopped"));
}

}  // namespace
}  // namespace reelbatch::runtime
