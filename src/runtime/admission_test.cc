#include "runtime/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::runtime {
namespace {

contracts::VideoInfo FullHd() {
  contracts::VideoInfo info;
  info.codec = "h264";
  info.pixel_format = "yuv420p";
  info.width = 1920;
  info.height = 1080;
  return info;
}

TEST(Admission, ThreadsAreSharedByTheVideosThatCanBeInFlight) {
  EXPECT_EQ(ShareThreads(8, 8, 20).decoder, 1);
  EXPECT_EQ(ShareThreads(8, 8, 8).decoder, 1);
  EXPECT_EQ(ShareThreads(8, 8, 3).decoder, 2);
  EXPECT_EQ(ShareThreads(8, 8, 1).decoder, 9);
  EXPECT_EQ(ShareThreads(8, 2, 20).decoder, 4);
  EXPECT_EQ(ShareThreads(2, 16, 9).decoder, 1);
  EXPECT_EQ(ShareThreads(1, 1, 0).decoder, 1);
  EXPECT_EQ(ShareThreads(8, 8, 1).workers, 8);
  EXPECT_EQ(ShareThreads(8, 8, 3).workers, 2);
  EXPECT_EQ(ShareThreads(8, 8, 20).workers, 1);
  EXPECT_EQ(ShareThreads(1, 1, 1).workers, 1);
}

TEST(Admission, RangesWhereTheVideoMayHaveThemAndTheyFit) {
  contracts::VideoInfo film = FullHd();
  film.container = "mov,mp4,m4a,3gp,3g2,mj2";
  film.duration_s = 60;
  film.frames_expected = 1500;
  constexpr ThreadShare kShare{.decoder = 5, .workers = 4};
  const auto free = Admit(film, {}, kShare, 0);
  ASSERT_TRUE(free);
  EXPECT_EQ(free->range_workers, 4);
  EXPECT_GT(free->bytes, VideoBytes(film, {}, 5));
  const auto tight = Admit(film, {}, kShare, VideoBytes(film, {}, 5));
  ASSERT_TRUE(tight);
  EXPECT_EQ(tight->range_workers, 0);
  EXPECT_EQ(tight->decoder_threads, 5);
  EXPECT_EQ(Admit(film, {}, {.decoder = 1}, 0)->range_workers, 0);
  EXPECT_EQ(Admit(film, {{.sampling = {.analysis_fps = 2}}}, kShare, 0)->range_workers, 0);
  EXPECT_EQ(Admit(film, {{.sampling = {.every = 2}}}, kShare, 0)->range_workers, 0);
  EXPECT_EQ(Admit(film, {{.sampling = {.analysis_width = 320}}}, kShare, 0)->range_workers, 4);
  EXPECT_EQ(Admit(film, {{}, {.sampling = {.analysis_width = 320}}}, kShare, 0)->range_workers, 0)
      << "those who look at other frames share one decoder";
  EXPECT_EQ(Admit(FullHd(), {}, kShare, 0)->range_workers, 0);
}

TEST(Admission, FewerThreadsWhereMoreDoNotFit) {
  const int64_t one = VideoBytes(FullHd(), {}, 1);
  ASSERT_LT(one, VideoBytes(FullHd(), {}, 8));
  const auto all = Admit(FullHd(), {}, {.decoder = 8}, 0);
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->decoder_threads, 8);
  const auto tight = Admit(FullHd(), {}, {.decoder = 8}, one);
  ASSERT_TRUE(tight.has_value());
  EXPECT_EQ(tight->decoder_threads, 1);
  EXPECT_EQ(tight->bytes, one);
}

TEST(Admission, TooLargeForTheBudgetNamesNeedBudgetAndOption) {
  const auto refused = Admit(FullHd(), {}, {.decoder = 4}, int64_t{1} << 20);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::Code::kOutOfMemory);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("1920x1080 needs about"));
  EXPECT_THAT(refused.error().message, testing::HasSubstr("the memory limit is 1.0 MiB"));
}

}  // namespace
}  // namespace reelbatch::runtime
