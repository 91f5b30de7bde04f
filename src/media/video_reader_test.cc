#include "media/video_reader.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>
#include <utility>

#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

using base::Code;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pointwise;
using testing_clips::FfprobeTimes;
using testing_clips::kTestSource;
using testing_clips::Output;
using testing_clips::Quoted;
using testing_clips::ReadVideo;
using testing_clips::TempFolder;

/// Every frame as ffmpeg decodes it, as one string of raw planes.
std::string FfmpegSamples(const std::filesystem::path& path, const std::string& pixel_format) {
  return Output("ffmpeg -v error -nostdin -threads 1 -i " + Quoted(path) +
                " -map 0:V:0 -fps_mode passthrough -sws_flags area+accurate_rnd+bitexact -f "
                "rawvideo -pix_fmt " +
                pixel_format + " -");
}

std::string Joined(const std::vector<std::string>& frames) {
  std::string all;
  for (const std::string& frame : frames) all += frame;
  return all;
}

// testsrc2 itself only makes even sizes.
const std::string kOddSource =
    "-f lavfi -i testsrc2=s=66x34:r=25:d=0.2,format=gbrp -vf scale=33:17 ";

class VideoReader : public testing::Test {
 protected:
  TempFolder folder_;
};

TEST_F(VideoReader, GivesBFramesInPresentationOrder) {
  const auto path = folder_.Ffmpeg(
      std::string(kTestSource) + "-c:v libx264 -bf 3 -g 12 -pix_fmt yuv420p", "b.mp4");
  const auto read = ReadVideo(path, {}, true);
  ASSERT_EQ(read.failure, "");
  EXPECT_EQ(read.timeline.size(), 25U);
  EXPECT_EQ(read.timeline.frame_indices.front(), 0);
  EXPECT_EQ(read.timeline.frame_indices.back(), 24);
  EXPECT_THAT(read.timeline.pts_s, Pointwise(DoubleNear(1e-6), FfprobeTimes(path)));
  EXPECT_EQ(Joined(read.samples), FfmpegSamples(path, "yuv420p"));
  EXPECT_EQ(read.report.frames_decoded, 25);
  EXPECT_EQ(read.report.frames_expected, 25);
  EXPECT_EQ(read.report.decode_errors, 0);
  EXPECT_FALSE(read.report.vfr);
  EXPECT_FALSE(read.report.truncated);
  EXPECT_EQ(read.report.first_error, "");
}

TEST_F(VideoReader, FrameThreadsGiveTheSameFrames) {
  const auto path =
      folder_.Ffmpeg(std::string(kTestSource) + "-c:v libx264 -bf 3 -pix_fmt yuv420p", "t.mkv");
  const auto one = ReadVideo(path, {.threads = 1}, true);
  const auto many = ReadVideo(path, {.threads = 3}, true);
  EXPECT_EQ(one.samples, many.samples);
  EXPECT_EQ(one.timeline.pts_s, many.timeline.pts_s);
  EXPECT_EQ(many.timeline.size(), 25U);
}

TEST_F(VideoReader, DecodesWithoutTheLoopFilterOnRequest) {
  const auto path =
      folder_.Ffmpeg(std::string(kTestSource) + "-c:v libx264 -crf 40 -pix_fmt yuv420p", "l.mkv");
  const auto kept = ReadVideo(path, {}, true);
  const auto skipped = ReadVideo(path, {.skip_loop_filter = true}, true);
  EXPECT_EQ(skipped.timeline.pts_s, kept.timeline.pts_s);
  EXPECT_NE(skipped.samples, kept.samples);
  const auto threads = ReadVideo(path, {.threads = 3, .skip_loop_filter = true}, true);
  EXPECT_EQ(threads.samples, skipped.samples);
}

TEST_F(VideoReader, KeepsFramesAsLongAsAsked) {
  // Read in place, copied, and scaled with frames left out between those that are taken.
  const std::array<std::pair<const char*, contracts::Sampling>, 3> cases{{
      {"-c:v libx264 -bf 3 -pix_fmt yuv420p", {}},
      {"-c:v ffv1 -pix_fmt yuv420p10le", {}},
      {"-c:v libx264 -pix_fmt yuv420p", {.analysis_fps = 10, .analysis_width = 64}},
  }};
  for (const auto& [encoder, sampling] : cases) {
    const auto path = folder_.Ffmpeg(std::string(kTestSource) + encoder, "kept.mkv");
    const ReaderOptions keeping{.sampling = sampling, .frames_kept = 4};
    const auto now = ReadVideo(path, {.sampling = sampling}, true);
    EXPECT_EQ(ReadVideo(path, keeping, true).samples, now.samples) << encoder;
    EXPECT_GE(now.samples.size(), 10U);
  }
}

TEST_F(VideoReader, KeepsExactTimesOfVariableRates) {
  const auto path = folder_.Ffmpeg(
      std::string(kTestSource) +
          "-vf \"select='not(between(mod(n,7),2,4))'\" -fps_mode vfr -c:v libx264 -bf 2",
      "vfr.mp4");
  const auto read = ReadVideo(path);
  EXPECT_TRUE(read.report.vfr);
  EXPECT_EQ(read.report.repaired_pts, 0);
  EXPECT_THAT(read.timeline.pts_s, Pointwise(DoubleNear(1e-6), FfprobeTimes(path)));
}

TEST_F(VideoReader, KeepsTheContainersOwnZero) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg2video -bf 2", "s.ts");
  const auto read = ReadVideo(path);
  EXPECT_GT(read.timeline.pts_s.front(), 1.0);  // FFmpeg's TS muxer starts later than 0
  EXPECT_THAT(read.timeline.pts_s, Pointwise(DoubleNear(1e-6), FfprobeTimes(path)));
  EXPECT_NEAR(read.info.start_time_s, read.timeline.pts_s.front(), 1e-6);
}

TEST_F(VideoReader, DerivesTimesWhereTheFileHasNone) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v libx264 -bf 0", "raw.h264");
  const auto read = ReadVideo(path);
  EXPECT_EQ(read.timeline.size(), 25U);
  EXPECT_TRUE(std::ranges::is_sorted(read.timeline.pts_s));
  EXPECT_NEAR(read.timeline.pts_s[24] - read.timeline.pts_s[0], 24.0 / 25, 1e-6);
}

struct FormatCase {
  const char* name;
  const char* arguments;  // to make the clip
  const char* same_as;    // FFmpeg's pixel format of the frames given out
  int chroma_width = 0;
  int chroma_height = 0;
  bool full_range = false;
  int tolerance = 0;  // of a sample, against FFmpeg's own conversion
};

void PrintTo(const FormatCase& format, std::ostream* out) { *out << format.name; }

class PixelFormats : public testing::TestWithParam<FormatCase> {};

TEST_P(PixelFormats, ComeOutAsEightBitPlanes) {
  const TempFolder folder;
  const FormatCase& format = GetParam();
  const auto path = folder.Ffmpeg(kOddSource + format.arguments, "clip.mkv");
  const auto read = ReadVideo(path, {}, true);
  ASSERT_EQ(read.failure, "");
  ASSERT_EQ(read.timeline.size(), 5U);
  EXPECT_EQ(read.last.y.width, 33);
  EXPECT_EQ(read.last.y.height, 17);
  EXPECT_EQ(read.last.u.width, format.chroma_width);
  EXPECT_EQ(read.last.v.height, format.chroma_height);
  EXPECT_EQ(read.last.full_range, format.full_range);
  EXPECT_FALSE(read.last.bt709);
  const std::string ours = Joined(read.samples);
  const std::string theirs = FfmpegSamples(path, format.same_as);
  ASSERT_EQ(ours.size(), theirs.size());
  int worst = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    worst =
        std::max(worst, std::abs(static_cast<uint8_t>(ours[i]) - static_cast<uint8_t>(theirs[i])));
  }
  EXPECT_LE(worst, format.tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    All, PixelFormats,
    testing::Values(
        FormatCase{"yuv420p", "-c:v ffv1 -pix_fmt yuv420p", "yuv420p", 17, 9},
        FormatCase{"yuv422p", "-c:v ffv1 -pix_fmt yuv422p", "yuv422p", 17, 17},
        FormatCase{"yuv444p", "-c:v ffv1 -pix_fmt yuv444p", "yuv444p", 33, 17},
        FormatCase{"yuv410p", "-c:v ffv1 -pix_fmt yuv410p", "yuv410p", 9, 5},
        FormatCase{"gray", "-c:v ffv1 -pix_fmt gray", "gray", 0, 0, true},
        // FFmpeg dithers or truncates on its way to 8 bits, we round.
        FormatCase{"yuv420p10", "-c:v ffv1 -pix_fmt yuv420p10le", "yuv420p", 17, 9, false, 2},
        FormatCase{"yuv422p12", "-c:v ffv1 -pix_fmt yuv422p12le", "yuv422p", 17, 17, false, 2},
        FormatCase{"yuv444p16", "-c:v ffv1 -pix_fmt yuv444p16le", "yuv444p", 33, 17, false, 2},
        FormatCase{"gray10", "-c:v ffv1 -pix_fmt gray10le", "gray", 0, 0, true, 2},
        FormatCase{"yuva420p", "-c:v ffv1 -pix_fmt yuva420p", "yuv420p", 17, 9},
        FormatCase{"yuvj420p", "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p", "yuvj420p", 17, 9, true},
        FormatCase{"bgr0", "-c:v ffv1 -pix_fmt bgr0", "yuvj444p", 33, 17, true, 2},
        FormatCase{"rgb24", "-c:v png -pix_fmt rgb24", "yuvj444p", 33, 17, true, 2},
        FormatCase{"rgba", "-c:v png -pix_fmt rgba", "yuvj444p", 33, 17, true, 2},
        FormatCase{"gbrp", "-c:v ffv1 -pix_fmt gbrp10le", "yuvj444p", 33, 17, true, 3},
        FormatCase{"pal8", "-c:v png -pix_fmt pal8", "yuvj444p", 33, 17, true, 2},
        FormatCase{"monob", "-c:v png -pix_fmt monob", "gray", 0, 0, true}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(VideoReader, OpensOddSizesAndLossyCodecs) {
  for (const char* arguments :
       {"-c:v mpeg4", "-c:v libvpx -b:v 200k", "-c:v libvpx-vp9 -b:v 200k", "-c:v ffv1"}) {
    const auto path = folder_.Ffmpeg(kOddSource + "-pix_fmt yuv420p " + arguments, "odd.mkv");
    const auto read = ReadVideo(path);
    ASSERT_EQ(read.failure, "") << arguments;
    EXPECT_EQ(read.timeline.size(), 5U) << arguments;
    EXPECT_EQ(read.last.y.width, 33) << arguments;
    EXPECT_EQ(read.last.u.height, 9) << arguments;
  }
}

TEST_F(VideoReader, ReadsAnimatedGif) {
  const auto path = folder_.Ffmpeg(kTestSource, "a.gif");
  const auto read = ReadVideo(path);
  EXPECT_EQ(read.timeline.size(), 25U);
  EXPECT_TRUE(read.last.full_range);
}

TEST_F(VideoReader, SaysWhichFramesAreInterlaced) {
  const auto path = folder_.Ffmpeg(
      std::string(kTestSource) +
          "-vf tinterlace=interleave_top,setfield=tff -c:v mpeg2video -flags +ildct+ilme",
      "i.mpg");
  const auto read = ReadVideo(path);
  EXPECT_TRUE(read.report.interlaced);
  EXPECT_TRUE(read.info.interlaced);
}

TEST_F(VideoReader, ScalesToTheFirstFramesSizeWhenItChanges) {
  // Two raw streams of different size, one after the other.
  const auto small = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg2video -f mpegts", "a.ts");
  const auto large =
      folder_.Ffmpeg("-f lavfi -i testsrc2=s=128x96:r=25:d=1 -c:v mpeg2video -f mpegts", "b.ts");
  const auto both =
      folder_.Write("both.ts", testing_clips::ReadAll(small) + testing_clips::ReadAll(large));
  const auto read = ReadVideo(both, {}, true);
  ASSERT_EQ(read.failure, "");
  // MPEG-2 decoders may lose the frame they hold back when the sequence changes.
  EXPECT_EQ(read.timeline.size(), FfprobeTimes(both).size());
  EXPECT_GE(read.report.size_changed_at.value_or(-1), 24);
  EXPECT_LE(read.report.size_changed_at.value_or(-1), 25);
  EXPECT_EQ(read.last.y.width, 64);
  EXPECT_EQ(read.samples.front().size(), read.samples.back().size());
  EXPECT_TRUE(std::ranges::is_sorted(read.timeline.pts_s, std::ranges::less_equal{}));
  EXPECT_GT(read.report.repaired_pts, 0);  // the second one starts its clock again
}

TEST_F(VideoReader, RefusesFramesLargerThanAdmitted) {
  const auto small = folder_.Ffmpeg(std::string(kTestSource) + "-c:v libx264 -f mpegts", "c.ts");
  const auto large =
      folder_.Ffmpeg("-f lavfi -i testsrc2=s=640x480:r=25:d=1 -c:v libx264 -f mpegts", "d.ts");
  const auto both =
      folder_.Write("grows.ts", testing_clips::ReadAll(small) + testing_clips::ReadAll(large));
  for (const int threads : {1, 3}) {
    const auto source = OpenVideo(both, {.threads = threads, .largest = {64, 48}});
    ASSERT_TRUE(source);
    base::Result<const image::StampedFrame*> next = (*source)->Next();
    while (next && *next != nullptr) next = (*source)->Next();
    ASSERT_FALSE(next) << threads;
    EXPECT_EQ(next.error().code, base::Code::kOutOfMemory);
    EXPECT_THAT(next.error().message, HasSubstr("64x48"));
    ASSERT_TRUE((*source)->refused_size());
    EXPECT_EQ((*source)->refused_size()->width, 640);
  }
  EXPECT_EQ(ReadVideo(both, {.largest = {640, 480}}).failure, "");
}

TEST_F(VideoReader, SamplesByRangeRateAndSize) {
  const auto path =
      folder_.Ffmpeg(std::string(kTestSource) + "-c:v libx264 -bf 2 -pix_fmt yuv420p", "s.mkv");
  const auto read = ReadVideo(
      path,
      {.sampling = {.analysis_fps = 12.5, .analysis_width = 32, .start_s = 0.2, .end_s = 0.6}});
  EXPECT_THAT(read.timeline.frame_indices, ElementsAre(5, 7, 9, 11, 13));
  EXPECT_EQ(read.last.y.width, 32);
  EXPECT_EQ(read.last.y.height, 24);
  EXPECT_EQ(read.last.u.width, 16);
  EXPECT_FALSE(read.report.truncated);
  EXPECT_LT(read.report.frames_decoded, 25);
  ASSERT_TRUE(read.report.past_range_s);
  EXPECT_NEAR(*read.report.past_range_s, 0.6, 1e-3);
  EXPECT_FALSE(ReadVideo(path, {.sampling = {.end_s = 9}}).report.past_range_s);
}

TEST_F(VideoReader, ARangePastTheEndIsEmptyNotAnError) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "p.mp4");
  int heard = 0;
  const auto read =
      ReadVideo(path, {.sampling = {.start_s = 100}, .on_decoded = [&heard] { ++heard; }});
  EXPECT_EQ(heard, 25);
  EXPECT_EQ(read.failure, "");
  EXPECT_THAT(read.timeline.pts_s, IsEmpty());
  EXPECT_EQ(read.report.frames_decoded, 25);
}

TEST_F(VideoReader, RefusesWrongSampling) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "p.mp4");
  const auto source = OpenVideo(path, {.sampling = {.analysis_width = 1}});
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().code, Code::kInvalidArgument);
}

TEST_F(VideoReader, ReadsOneFrame) {
  const auto path =
      folder_.Ffmpeg(std::string(kTestSource) + "-frames:v 1 -c:v libx264", "one.mp4");
  const auto read = ReadVideo(path);
  EXPECT_EQ(read.failure, "");
  EXPECT_EQ(read.timeline.size(), 1U);
  EXPECT_FALSE(read.report.truncated);
}

TEST_F(VideoReader, ReadsTheStreamThatWasAskedFor) {
  const auto path = folder_.Ffmpeg(
      std::string(kTestSource) + "-f lavfi -i testsrc2=s=32x32:r=10:d=1 -map 0 -map 1 -c:v mpeg4",
      "two.mkv");
  EXPECT_EQ(ReadVideo(path, {.sampling = {.stream = 0}}).timeline.size(), 25U);
  EXPECT_EQ(ReadVideo(path, {.sampling = {.stream = 1}}).timeline.size(), 10U);
}

TEST_F(VideoReader, SaysWhenAFileEndsEarly) {
  for (const char* name : {"cut.mkv", "cut.mp4", "cut.avi"}) {
    const auto whole =
        folder_.Ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=4 -c:v mpeg4 -movflags faststart",
                       std::string("whole_") + name);
    const std::string bytes = testing_clips::ReadAll(whole);
    const auto cut = folder_.Write(name, bytes.substr(0, bytes.size() / 2));
    EXPECT_FALSE(ReadVideo(whole).report.truncated) << name;
    const auto read = ReadVideo(cut);
    ASSERT_EQ(read.failure, "") << name;
    EXPECT_TRUE(read.report.truncated) << name;
    EXPECT_LT(read.report.frames_decoded, 100) << name;
    EXPECT_GT(read.report.frames_decoded, 20) << name;
    EXPECT_EQ(read.report.frames_expected, 100) << name;
  }
}

TEST_F(VideoReader, DecodesThroughDamageAndSaysWhere) {
  const auto path = folder_.Ffmpeg(
      "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libx264 -g 10 -bf 0 -pix_fmt yuv420p", "d.ts");
  std::string bytes = testing_clips::ReadAll(path);
  for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 3000; i += 3) bytes[i] = '\x5a';
  const auto read = ReadVideo(folder_.Write("damaged.ts", bytes));
  ASSERT_EQ(read.failure, "");
  EXPECT_GT(read.report.decode_errors, 0);
  EXPECT_GT(read.report.frames_decoded, 40);
  EXPECT_FALSE(read.report.error_frames.empty());
  EXPECT_NE(read.report.first_error, "");
  for (const auto frame : read.report.error_frames) {
    EXPECT_GE(frame, 10);
    EXPECT_LE(frame, 45);
  }
}

TEST_F(VideoReader, NotOneFrameIsCorrupt) {
  const auto path =
      folder_.Ffmpeg(std::string(kTestSource) + "-c:v libx264 -movflags faststart", "x.mp4");
  std::string bytes = testing_clips::ReadAll(path);
  const size_t data = bytes.find("mdat") + 4;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(data), bytes.end(), '\0');
  const auto read = ReadVideo(folder_.Write("zeros.mp4", bytes));
  ASSERT_NE(read.failure, "");
  EXPECT_EQ(read.code, Code::kCorrupt);
  EXPECT_THAT(read.failure, HasSubstr("zeros.mp4"));
  EXPECT_THAT(read.failure, HasSubstr("no frame could be decoded"));
}

TEST_F(VideoReader, StopsWhenCancelled) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "c.mp4");
  base::CancelToken cancel;
  auto source = OpenVideo(path, {.cancel = &cancel});
  ASSERT_TRUE(source.has_value());
  ASSERT_TRUE((*source)->Next().has_value());
  cancel.Cancel();
  const auto next = (*source)->Next();
  ASSERT_FALSE(next.has_value());
  EXPECT_EQ(next.error().code, Code::kCancelled);
  const auto again = OpenVideo(path, {.cancel = &cancel});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, Code::kCancelled);
}

TEST_F(VideoReader, PositionMovesWhileFramesAreSkipped) {
  const auto path = folder_.Ffmpeg(std::string(kTestSource) + "-c:v mpeg4", "q.mp4");
  auto source = OpenVideo(path, {.sampling = {.start_s = 0.5}});
  ASSERT_TRUE(source.has_value());
  ASSERT_TRUE((*source)->Next().has_value());
  EXPECT_NEAR((*source)->position_s(), 0.52, 1e-6);
}

}  // namespace
}  // namespace reelbatch::media
