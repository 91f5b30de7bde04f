#include "runtime/ordering.h"

#include <gtest/gtest.h>

#include <limits>

namespace reelbatch::runtime {
namespace {

contracts::VideoInfo Video(double duration_s, int width, int height) {
  contracts::VideoInfo info;
  info.duration_s = duration_s;
  info.width = width;
  info.height = height;
  return info;
}

TEST(Ordering, WorkIsDurationTimesPixels) {
  EXPECT_DOUBLE_EQ(WorkOf(Video(10, 100, 50), {}), 50000);
  EXPECT_GT(WorkOf(Video(10, 1920, 1080), {}), WorkOf(Video(60, 320, 240), {}));
}

TEST(Ordering, OnlyTheRangeThatIsReadCounts) {
  EXPECT_DOUBLE_EQ(MediaSeconds(Video(10, 2, 2), {}), 10);
  contracts::Sampling sampling;
  sampling.end_s = 4;
  EXPECT_DOUBLE_EQ(MediaSeconds(Video(10, 2, 2), sampling), 4);
  sampling.end_s = 99;
  EXPECT_DOUBLE_EQ(MediaSeconds(Video(10, 2, 2), sampling), 10);
}

TEST(Ordering, AnUnknownDurationIsGuessedFromTheFile) {
  contracts::VideoInfo info;
  info.width = 1280;
  info.height = 720;
  EXPECT_DOUBLE_EQ(MediaSeconds(info, {}), 0);
  EXPECT_DOUBLE_EQ(WorkOf(info, {}), 0);
  info.file_bytes = 1000;
  const double small = WorkOf(info, {});
  info.file_bytes = 2000;
  EXPECT_GT(small, 0);
  EXPECT_DOUBLE_EQ(WorkOf(info, {}), 2 * small);
}

TEST(Ordering, AHeaderThatLiesIsBoundedByTheFile) {
  contracts::VideoInfo info = Video(4e7, 16, 16);  // 10^9 frames
  info.file_bytes = 5000;
  EXPECT_DOUBLE_EQ(MediaSeconds(info, {}), 5000);
  EXPECT_DOUBLE_EQ(MediaSeconds(Video(std::numeric_limits<double>::quiet_NaN(), 2, 2), {}), 0);
  EXPECT_DOUBLE_EQ(MediaSeconds(Video(-3, 2, 2), {}), 0);
}

}  // namespace
}  // namespace reelbatch::runtime
