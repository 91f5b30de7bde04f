#include "media/video_writer.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "media/split_test_clip.h"

namespace reelbatch::media {
namespace {

using base::Code;
using test::NumberedClip;
using test::NumberedFrame;
using test::TempFolder;
using testing::HasSubstr;

struct Format {
  const char* encoder;
  const char* file;
  const char* decoded_as;
};

class VideoWriterCodecs : public testing::TestWithParam<Format> {};

TEST_P(VideoWriterCodecs, KeepsEveryFrameAndGivesTheSameBytesTwice) {
  const TempFolder folder;
  NumberedClip clip{.frames = 30};
  clip.options.codec = GetParam().encoder;
  clip.options.gop = 10;
  const auto first = folder / (std::string("first-") + GetParam().file);
  const auto second = folder / (std::string("second-") + GetParam().file);
  const auto written = test::WriteNumberedClip(first, clip);
  ASSERT_TRUE(written) << written.error().Text();
  ASSERT_TRUE(test::WriteNumberedClip(second, clip));
  EXPECT_EQ(test::Probed(first, "stream=codec_name"), GetParam().decoded_as);
  EXPECT_TRUE(testing_clips::ReadAll(first) == testing_clips::ReadAll(second));
  const auto back = test::ReadNumbers(first);
  ASSERT_EQ(back.numbers.size(), 30U);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(back.numbers[static_cast<size_t>(i)], i);
}

INSTANTIATE_TEST_SUITE_P(All, VideoWriterCodecs,
                         testing::Values(Format{"libx264", "clip.mp4", "h264"},
                                         Format{"mpeg2video", "clip.mpg", "mpeg2video"},
                                         Format{"libvpx-vp9", "clip.webm", "vp9"},
                                         Format{"mpeg4", "clip.avi", "mpeg4"},
                                         Format{"ffv1", "clip.mkv", "ffv1"},
                                         Format{"mjpeg", "clip.mov", "mjpeg"}),
                         [](const auto& param) {
                           std::string name = param.param.decoded_as;
                           return name;
                         });

TEST(VideoWriter, HonoursGopAndBFrames) {
  const TempFolder folder;
  NumberedClip clip{.frames = 40};
  clip.options.gop = 10;
  clip.options.b_frames = 2;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "a.mp4", clip));
  EXPECT_EQ(test::Probed(folder / "a.mp4", "stream=has_b_frames"), "2");
  const std::string types = test::Probed(folder / "a.mp4", "frame=pict_type");
  EXPECT_GE(std::ranges::count(types, 'I'), 4);
  EXPECT_GE(std::ranges::count(types, 'B'), 1);
}

TEST(VideoWriter, KeepsUnevenTimes) {
  const TempFolder folder;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "vfr.mp4", {.frames = 20, .irregular_from = 10}));
  const auto back = test::ReadNumbers(folder / "vfr.mp4");
  ASSERT_EQ(back.times.size(), 20U);
  EXPECT_NEAR(back.times[10], 10 / 25.0, 1e-6);
  EXPECT_NEAR(back.times[19], 28 / 25.0, 1e-6);
}

TEST(VideoWriter, AnUnknownCodecListsTheKnown) {
  const TempFolder folder;
  NumberedClip clip;
  clip.options.codec = "libx246";
  const auto done = test::WriteNumberedClip(folder / "a.mp4", clip);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kInvalidArgument);
  EXPECT_THAT(done.error().Text(), HasSubstr("'libx246'; use one of libx264, mpeg4"));
  EXPECT_EQ(test::FilesIn(folder.path()), 0);
}

TEST(VideoWriter, RefusesWhatCannotBeWritten) {
  const TempFolder folder;
  const auto code_of = [&folder](const char* file, const WriterOptions& options) {
    const auto made = CreateVideo(folder / file, options);
    return made ? Code::kInternal : made.error().code;
  };
  EXPECT_EQ(code_of("a.mp4", {.width = 161, .height = 64}), Code::kInvalidArgument);
  EXPECT_EQ(code_of("a.mp4", {.width = 0, .height = 64}), Code::kInvalidArgument);
  EXPECT_EQ(code_of("a.text", {.width = 160, .height = 64}), Code::kInvalidArgument);
  EXPECT_EQ(code_of("a", {.width = 160, .height = 64}), Code::kInvalidArgument);
  EXPECT_EQ(code_of("a.mp4", {.width = 160, .height = 64, .fps = {0, 1}}), Code::kInvalidArgument);
  EXPECT_EQ(code_of("a.mpg", {.codec = "mpeg2video", .width = 160, .height = 64, .fps = {7, 1}}),
            Code::kInvalidArgument);
  EXPECT_EQ(code_of("a.webm", {.codec = "libx264", .width = 160, .height = 64}),
            Code::kInvalidArgument);
  EXPECT_EQ(test::FilesIn(folder.path()), 0);
}

TEST(VideoWriter, RefusesWrongFramesAndTimes) {
  const TempFolder folder;
  auto writer = CreateVideo(folder / "a.mp4", {.width = 320, .height = 64});
  ASSERT_TRUE(writer);
  EXPECT_EQ((*writer)->Write(NumberedFrame(0).view(), 0).error().code, Code::kInvalidArgument);
  EXPECT_EQ((*writer)->Finish().error().code, Code::kInvalidArgument) << "no frame";
  writer = CreateVideo(folder / "b.mp4",
                       {.width = NumberedFrame::kWidth, .height = NumberedFrame::kHeight});
  ASSERT_TRUE((*writer)->Write(NumberedFrame(0).view(), 5));
  EXPECT_EQ((*writer)->Write(NumberedFrame(1).view(), 5).error().code, Code::kInvalidArgument);
}

TEST(VideoWriter, AMissingFolderIsIoAndSaysWhatToDo) {
  const TempFolder folder;
  const auto made = CreateVideo(folder / "no" / "a.mp4", {.width = 160, .height = 64});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kIo);
  EXPECT_THAT(made.error().Text(), HasSubstr("create it first"));
}

TEST(VideoWriter, AFullDiskIsIoAndLeavesNothing) {
  const TempFolder folder;
  const test::SmallDisk disk(20'000);
  NumberedClip clip{.frames = 60};
  clip.options.codec = "ffv1";
  const auto done = test::WriteNumberedClip(folder / "a.mkv", clip);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kIo);
  EXPECT_THAT(done.error().Text(), HasSubstr("a.mkv: cannot write: the file is larger than"));
  EXPECT_EQ(test::FilesIn(folder.path()), 0);
}

TEST(VideoWriter, WithoutFinishThereIsNoFile) {
  const TempFolder folder;
  {
    auto writer = CreateVideo(folder / "a.mp4",
                              {.width = NumberedFrame::kWidth, .height = NumberedFrame::kHeight});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->Write(NumberedFrame(0).view(), 0));
  }
  EXPECT_EQ(test::FilesIn(folder.path()), 0);
}

}  // namespace
}  // namespace reelbatch::media
