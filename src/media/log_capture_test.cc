#include "media/log_capture.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdarg>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "media/av.h"

namespace reelbatch::media {
namespace {

TEST(LogCapture, KeepsTheFirstErrorLineOfItsScope) {
  LogCapture capture;
  {
    const LogCapture::Scope scope(capture);
    av_log(nullptr, AV_LOG_WARNING, "only a warning\n");
    av_log(nullptr, AV_LOG_ERROR, "first %d\n", 1);
    av_log(nullptr, AV_LOG_ERROR, "second\n");
  }
  av_log(nullptr, AV_LOG_ERROR, "outside\n");
  EXPECT_EQ(capture.first_error(), "first 1");
  capture.Clear();
  EXPECT_EQ(capture.first_error(), "");
}

TEST(LogCapture, ScopesNest) {
  LogCapture outer;
  LogCapture inner;
  const LogCapture::Scope outer_scope(outer);
  {
    const LogCapture::Scope inner_scope(inner);
    av_log(nullptr, AV_LOG_ERROR, "in");
  }
  av_log(nullptr, AV_LOG_ERROR, "out");
  EXPECT_EQ(inner.first_error(), "in");
  EXPECT_EQ(outer.first_error(), "out");
}

TEST(LogCapture, AWatchedCodecSpeaksToItsCapture) {
  LogCapture capture;
  LogCapture other;
  const AvCodecContext codec(avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264)));
  capture.Watch(codec.get());
  const LogCapture::Scope scope(other);
  av_log(codec.get(), AV_LOG_ERROR, "no frame!\n");
  EXPECT_EQ(capture.first_error(), "h264: no frame!");
  EXPECT_EQ(other.first_error(), "");
}

TEST(LogCapture, GivesOnePrintableLine) {
  LogCapture capture;
  const LogCapture::Scope scope(capture);
  av_log(nullptr, AV_LOG_ERROR, "tag \x01\x1b[31m\xff\ntwo\n");
  EXPECT_EQ(capture.first_error(), "tag ??[31m??two");
}

/// A host's own callback, which counts what reaches it.
class HostLogTest : public testing::Test {
 protected:
  HostLogTest() {
    lines_ = 0;
    SetHostLog(&Count);
  }
  ~HostLogTest() override { SetHostLog(&av_log_default_callback); }

  static void Count(void*, int, const char*, va_list) { ++lines_; }

  static std::atomic<int> lines_;
};

std::atomic<int> HostLogTest::lines_ = 0;

TEST_F(HostLogTest, HasItsCallbackWhereNoCaptureLives) {
  av_log(nullptr, AV_LOG_ERROR, "before\n");
  EXPECT_EQ(lines_, 1);
  {
    LogCapture capture;
    const LogCapture::Scope scope(capture);
    av_log(nullptr, AV_LOG_ERROR, "ours\n");
    av_log(nullptr, AV_LOG_WARNING, "ours as well\n");
  }
  EXPECT_EQ(lines_, 1);
  av_log(nullptr, AV_LOG_WARNING, "afterwards\n");
  EXPECT_EQ(lines_, 2);
}

TEST_F(HostLogTest, GetsLinesOfContextsThatAreNotOurs) {
  LogCapture capture;
  const AvCodecContext theirs(avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264)));
  std::string their_own = "what a host keeps there";
  theirs->opaque = &their_own;
  av_log(theirs.get(), AV_LOG_ERROR, "no frame!\n");
  EXPECT_EQ(lines_, 1);
  av_log(nullptr, AV_LOG_INFO, "beside our scopes\n");
  EXPECT_EQ(lines_, 2);
  EXPECT_EQ(capture.first_error(), "");
}

TEST_F(HostLogTest, KeepsOursWhileTheLastCaptureLives) {
  auto first = std::make_unique<LogCapture>();
  LogCapture second;
  first.reset();
  const LogCapture::Scope scope(second);
  av_log(nullptr, AV_LOG_ERROR, "still ours\n");
  EXPECT_EQ(second.first_error(), "still ours");
  EXPECT_EQ(lines_, 0);
}

TEST_F(HostLogTest, MayWantSilence) {
  SetHostLog(nullptr);
  av_log(nullptr, AV_LOG_ERROR, "nowhere\n");
  const LogCapture capture;
  av_log(nullptr, AV_LOG_ERROR, "nowhere\n");
  EXPECT_EQ(lines_, 0);
}

TEST_F(HostLogTest, IsNotToldWhatAQuietLogDrops) {
  const QuietLog quiet;
  av_log(nullptr, AV_LOG_ERROR, "nobody reads this\n");
  EXPECT_EQ(lines_, 0);
}

TEST_F(HostLogTest, CapturesComeAndGoOnManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 200;
  std::vector<std::thread> threads;
  std::atomic<int> kept = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&kept] {
      for (int k = 0; k < kTimes; ++k) {
        LogCapture capture;
        const LogCapture::Scope scope(capture);
        av_log(nullptr, AV_LOG_ERROR, "line\n");
        kept += capture.first_error() == "line" ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(kept, kThreads * kTimes);
  EXPECT_EQ(lines_, 0);
}

TEST(AvErrorCode, SaysWhatToDo) {
  using base::Code;
  EXPECT_EQ(AvErrorCode(AVERROR(ENOMEM)), Code::kOutOfMemory);
  EXPECT_EQ(AvErrorCode(AVERROR_EXIT), Code::kCancelled);
  EXPECT_EQ(AvErrorCode(AVERROR(ENOSPC)), Code::kIo);
  EXPECT_EQ(AvErrorCode(AVERROR_ENCODER_NOT_FOUND), Code::kInvalidArgument);
  EXPECT_EQ(AvErrorCode(AVERROR_BUG), Code::kInternal);
  EXPECT_EQ(AvErrorCode(AVERROR_INVALIDDATA), Code::kCorrupt);
}

}  // namespace
}  // namespace reelbatch::media
