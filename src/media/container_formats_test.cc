#include "media/container_formats.h"

#include <gmock/gmock.h>

namespace reelbatch::media {
namespace {

using testing::HasSubstr;

TEST(ContainerFormats, KnowsContainers) {
  for (const char* name : {"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "mpeg",
                           "ogg", "gif", "h264", "mp3", "wav"}) {
    EXPECT_EQ(JudgeFormat(name), FormatVerdict::kContainer) << name;
  }
}

TEST(ContainerFormats, RefusesWhatOpensOtherFilesOrMakesVideoOfText) {
  for (const char* name : {"concat", "hls", "dash", "tty", "image2", "srt", "lavfi", "rawvideo",
                           "webm_dash_manifest", "imf", "sdp", "vapoursynth", ""}) {
    EXPECT_NE(JudgeFormat(name), FormatVerdict::kContainer) << name;
  }
  EXPECT_THAT(FormatRefusal("tty"), HasSubstr("'tty'"));
}

TEST(ContainerFormats, NamesStillImages) {
  EXPECT_EQ(JudgeFormat("png_pipe"), FormatVerdict::kStillImage);
  EXPECT_THAT(FormatRefusal("jpeg_pipe"), HasSubstr("still image (jpeg)"));
}

}  // namespace
}  // namespace reelbatch::media
