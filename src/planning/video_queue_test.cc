#include "planning/video_queue.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

TEST(VideoQueue, LongestFirstAndItsSum) {
  VideoQueue queue;
  queue.Push({.video = 2, .ms = 5});
  queue.Push({.video = 1, .ms = 5});
  queue.Push({.video = 3, .ms = 9});
  EXPECT_EQ(queue.ms(), 19);
  for (const int video : {3, 1, 2}) {
    ASSERT_NE(queue.front(), nullptr);
    EXPECT_EQ(queue.front()->video, video);
    queue.Remove(*queue.front());
  }
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.ms(), 0);
  queue.Remove({.video = 7, .ms = 1});
  EXPECT_EQ(queue.ms(), 0);
}

TEST(VideoQueue, SecondPassesComeBeforeVideosThatHaveNotBegun) {
  VideoQueue queue;
  queue.Push({.video = 1, .ms = 100});
  queue.Push({.video = 2, .ms = 1, .second_pass = true});
  queue.Push({.video = 3, .ms = 2, .second_pass = true});
  for (const int video : {3, 2, 1}) {
    EXPECT_EQ(queue.front()->video, video);
    queue.Remove(*queue.front());
  }
}

}  // namespace
}  // namespace reelbatch::planning
