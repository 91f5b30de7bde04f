#include "media/log_capture.h"

#include <gtest/gtest.h>

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
