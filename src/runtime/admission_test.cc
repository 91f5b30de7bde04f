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
  EXPECT_EQ(DecoderThreads(8, 8, 20), 1);
  EXPECT_EQ(DecoderThreads(8, 8, 8), 1);
  EXPECT_EQ(DecoderThreads(8, 8, 3), 2);
  EXPECT_EQ(DecoderThreads(8, 8, 1), 9);
  EXPECT_EQ(DecoderThreads(8, 2, 20), 4);
  EXPECT_EQ(DecoderThreads(2, 16, 9), 1);
  EXPECT_EQ(DecoderThreads(1, 1, 0), 1);
}

TEST(Admission, FewerThreadsWhereMoreDoNotFit) {
  const int64_t one = VideoBytes(FullHd(), {}, 1);
  ASSERT_LT(one, VideoBytes(FullHd(), {}, 8));
  const auto all = Admit(FullHd(), {}, 8, 0);
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->decoder_threads, 8);
  const auto tight = Admit(FullHd(), {}, 8, one);
  ASSERT_TRUE(tight.has_value());
  EXPECT_EQ(tight->decoder_threads, 1);
  EXPECT_EQ(tight->bytes, one);
}

TEST(Admission, TooLargeForTheBudgetNamesNeedBudgetAndOption) {
  const auto refused = Admit(FullHd(), {}, 4, int64_t{1} << 20);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::Code::kOutOfMemory);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("1920x1080 needs about"));
  EXPECT_THAT(refused.error().message, testing::HasSubstr("--max-memory allows 1.0 MiB"));
}

}  // namespace
}  // namespace reelbatch::runtime
