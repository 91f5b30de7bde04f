#include "media/picture_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/audio_reader.h"
#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_clips::ReadVideo;

class Pictures : public testing::Test {
 protected:
  /// Ten pictures 64x48, a second of 10 per second, in a folder of their own.
  fs::path Make(const std::string& ending, const std::string& options = "") const {
    const std::string folder = "frames_" + ending;
    fs::create_directories(folder_ / folder);
    folder_.Ffmpeg("-f lavfi -i testsrc2=s=64x48:r=10:d=1 " + options + " -start_number 7",
                   folder + "/%03d." + ending);
    return folder_ / folder / ("%03d." + ending);
  }

  testing_clips::TempFolder folder_;
};

TEST_F(Pictures, EveryKindIsRead) {
  for (const auto& [ending, codec] :
       std::vector<std::pair<std::string, std::string>>{{"png", "png"},
                                                        {"jpg", "mjpeg"},
                                                        {"bmp", "bmp"},
                                                        {"tif", "tiff"},
                                                        {"webp", "webp"},
                                                        {"dpx", "dpx"},
                                                        {"exr", "exr"},
                                                        {"ppm", "ppm"},
                                                        {"tga", "targa"},
                                                        {"jp2", "jpeg2000"}}) {
    std::string options = ending == "exr" ? "-pix_fmt gbrpf32le" : "";
    if (ending == "webp") options = "-c:v libwebp";  // not the one for animations
    const auto read = ReadVideo(Make(ending, options));
    EXPECT_EQ(read.failure, "") << ending;
    EXPECT_EQ(read.timeline.size(), 10U) << ending;
    EXPECT_EQ(read.info.codec, codec);
    EXPECT_EQ(read.info.container, "image2");
    EXPECT_EQ(read.info.width, 64);
    EXPECT_EQ(read.info.frames_expected, 10);
    EXPECT_EQ(read.report.decode_errors, 0) << ending << " " << read.report.first_error;
    EXPECT_EQ(read.report.frames_decoded, 10);
    EXPECT_FALSE(read.report.vfr);
    EXPECT_FALSE(read.report.truncated);
  }
}

TEST_F(Pictures, GiveTheSamplesThatTheirVideoGives) {
  const fs::path pattern = Make("png");
  const auto video = folder_.Ffmpeg(
      "-start_number 7 -framerate 10 -i " + testing_clips::Quoted(pattern) + " -c:v png",
      "all.mov");
  const auto expected = ReadVideo(video, {}, true);
  contracts::Sampling sampling;
  sampling.picture_fps = 10;
  const auto read = ReadVideo(pattern, {.sampling = sampling}, true);
  EXPECT_TRUE(read.samples == expected.samples);  // not printed: they are binary
  EXPECT_EQ(read.timeline.pts_s, expected.timeline.pts_s);
  EXPECT_TRUE(ReadVideo(pattern.parent_path(), {.sampling = sampling}, true).samples ==
              expected.samples);
}

TEST_F(Pictures, TheRateIsAFraction) {
  const auto rate = [](double fps) {
    contracts::Sampling sampling;
    sampling.picture_fps = fps;
    return PictureRate(sampling);
  };
  EXPECT_EQ(PictureRate({}), (contracts::Rational{25, 1}));
  EXPECT_EQ(rate(24), (contracts::Rational{24, 1}));
  EXPECT_EQ(rate(23.976), (contracts::Rational{24000, 1001}));
  EXPECT_EQ(rate(23.98), (contracts::Rational{24000, 1001}));
  EXPECT_EQ(rate(30000.0 / 1001), (contracts::Rational{30000, 1001}));
  EXPECT_EQ(rate(29.97), (contracts::Rational{30000, 1001}));
  EXPECT_EQ(rate(59.94), (contracts::Rational{60000, 1001}));
  EXPECT_EQ(rate(12.5), (contracts::Rational{25, 2}));
  EXPECT_EQ(rate(0.1), (contracts::Rational{1, 10}));
  EXPECT_EQ(rate(1000), (contracts::Rational{1000, 1}));
}

TEST_F(Pictures, ABrokenOneShowsTheOneBeforeAndIsNamed) {
  const fs::path pattern = Make("png");
  const fs::path broken = pattern.parent_path() / "012.png";
  const std::string whole = testing_clips::ReadAll(broken);
  for (const std::string& content :
       {std::string("no picture at all"), std::string(), whole.substr(0, whole.size() / 2)}) {
    folder_.Write("frames_png/012.png", content);
    const auto read = ReadVideo(pattern, {}, true);
    EXPECT_EQ(read.failure, "");
    ASSERT_EQ(read.timeline.size(), 10U);
    EXPECT_EQ(read.report.decode_errors, 1);
    EXPECT_THAT(read.report.error_frames, ElementsAre(5));
    EXPECT_THAT(read.report.first_error, HasSubstr("012.png"));
    EXPECT_FALSE(read.report.vfr);
    EXPECT_DOUBLE_EQ(read.timeline.pts_s.back(), 9.0 / 25);
    if (content.size() < 100) {
      EXPECT_TRUE(read.samples[5] == read.samples[4]);
    }
    EXPECT_FALSE(read.samples[6] == read.samples[4]);
  }
}

TEST_F(Pictures, ABrokenFirstOneShowsTheNext) {
  const fs::path pattern = Make("jpg");
  folder_.Write("frames_jpg/007.jpg", "<html>404</html>");
  const auto read = ReadVideo(pattern, {}, true);
  EXPECT_EQ(read.timeline.size(), 10U);
  EXPECT_THAT(read.report.error_frames, ElementsAre(0));
  EXPECT_TRUE(read.samples[0] == read.samples[1]);
  EXPECT_THAT(read.report.first_error, HasSubstr("web page"));
}

TEST_F(Pictures, NoneThatCanBeDecoded) {
  fs::create_directories(folder_ / "a");
  folder_.Write("a/1.png", "x");
  folder_.Write("a/2.png", "y");
  const auto read = ReadVideo(folder_ / "a");
  EXPECT_EQ(read.code, base::Code::kCorrupt);
  EXPECT_THAT(read.failure, HasSubstr("no picture could be decoded"));
  EXPECT_THAT(ReadVideo(folder_ / "a/%04d.png").failure, HasSubstr("'%d.png'"));
  fs::create_directories(folder_ / "b");
  EXPECT_THAT(ReadVideo(folder_ / "b").failure, HasSubstr("is a folder without pictures"));
}

TEST_F(Pictures, AnotherSizeIsScaledToTheFirst) {
  const fs::path pattern = Make("png");
  folder_.Ffmpeg("-f lavfi -i testsrc2=s=400x300 -frames:v 1", "frames_png/010.png");
  const auto read = ReadVideo(pattern);
  EXPECT_EQ(read.timeline.size(), 10U);
  EXPECT_EQ(read.report.size_changed_at, 3);
  EXPECT_EQ(read.last.y.width, 64);
  EXPECT_EQ(read.report.decode_errors, 0);
  const auto bounded = ReadVideo(pattern, {.largest = {.width = 64, .height = 48}});
  EXPECT_EQ(bounded.code, base::Code::kOutOfMemory);
}

TEST_F(Pictures, RangesCountFromTheFirstPicture) {
  contracts::Sampling sampling;
  sampling.picture_fps = 10;
  sampling.start_s = 0.3;
  sampling.end_s = 0.6;
  const auto read = ReadVideo(Make("png"), {.sampling = sampling});
  EXPECT_THAT(read.timeline.frame_indices, ElementsAre(3, 4, 5));
  EXPECT_EQ(read.report.end_frame, 6);
  sampling.stream = 1;
  EXPECT_EQ(ReadVideo(folder_ / "frames_png", {.sampling = sampling}).code,
            base::Code::kInvalidArgument);
}

TEST_F(Pictures, HaveNoSound) {
  const auto sound = OpenAudio(Make("png"), {});
  ASSERT_TRUE(sound.has_value());
  EXPECT_EQ(*sound, nullptr);
  EXPECT_FALSE(Probe(folder_ / "frames_png", {}, nullptr)->has_audio);
}

TEST_F(Pictures, SmallPicturesForModels) {
  const auto source =
      OpenVideo(Make("png"), {.frames_kept = 2, .thumbnail = FrameSize{.width = 8, .height = 6}});
  ASSERT_TRUE(source.has_value());
  const auto frame = (*source)->Next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ((*frame)->thumbnail.height, 6);
}

TEST_F(Pictures, CancellingEndsThem) {
  base::CancelToken cancel;
  const auto source = OpenVideo(Make("png"), {.cancel = &cancel});
  ASSERT_TRUE(source.has_value());
  cancel.Cancel();
  const auto frame = (*source)->Next();
  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().code, base::Code::kCancelled);
}

}  // namespace
}  // namespace reelbatch::media
