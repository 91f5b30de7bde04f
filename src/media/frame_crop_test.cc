#include "media/frame_crop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "media/range_reader.h"
#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using base::Code;
using contracts::CropRect;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing_clips::Output;
using testing_clips::Quoted;
using testing_clips::ReadVideo;
using testing_clips::SamplesOf;
using testing_clips::TempFolder;

constexpr char kSource[] = "-f lavfi -i testsrc2=s=96x64:r=25:d=0.2 ";

std::string Filter(const CropRect& crop) {
  return "crop=" + std::to_string(crop.width) + ":" + std::to_string(crop.height) + ":" +
         std::to_string(crop.x) + ":" + std::to_string(crop.y) + ":exact=1";
}

contracts::Sampling Cropped(const CropRect& crop) { return {.crop = crop}; }

// ---- The frames of a crop are those of a file that ffmpeg has cropped.

struct Made {
  const char* name;
  const char* encoder;  // lossless
  const char* format;   // of the pixels
  // FFmpeg 5.1 converts packed formats first, and mixes chroma up in those of two bytes a step.
  bool odd_too = true;
};

class CropsOf : public testing::TestWithParam<Made> {
 protected:
  TempFolder folder_;
};

TEST_P(CropsOf, AreThoseOfTheCommandLine) {
  const Made& made = GetParam();
  const std::string pixels = std::string(" -pix_fmt ") + made.format + " ";
  const auto whole = folder_.Ffmpeg(std::string(kSource) + made.encoder + pixels,
                                    std::string("whole") + made.name);
  std::vector<CropRect> crops = {{.x = 16, .y = 8, .width = 48, .height = 32},
                                 {.x = 0, .y = 0, .width = 96, .height = 64},
                                 {.x = 80, .y = 48, .width = 16, .height = 16}};
  if (made.odd_too) crops.push_back({.x = 13, .y = 7, .width = 33, .height = 27});
  for (const CropRect& crop : crops) {
    const auto part = folder_.Ffmpeg(
        "-i " + whole.string() + " -vf " + Filter(crop) + " " + made.encoder + pixels,
        std::string("part") + made.name);
    for (const contracts::Sampling& more :
         {contracts::Sampling{}, contracts::Sampling{.analysis_width = 16}}) {
      contracts::Sampling sampling = more;
      const auto theirs = ReadVideo(part, {.sampling = sampling}, true);
      sampling.crop = crop;
      const auto ours = ReadVideo(whole, {.sampling = sampling}, true);
      ASSERT_EQ(ours.failure, "");
      ASSERT_EQ(ours.samples.size(), 5U);
      EXPECT_EQ(ours.last.y.width, theirs.last.y.width);
      EXPECT_EQ(ours.last.y.height, theirs.last.y.height);
      EXPECT_TRUE(ours.samples == theirs.samples) << made.name << " " << Filter(crop);
      EXPECT_TRUE(ReadVideo(whole, {.sampling = sampling, .frames_kept = 3}, true).samples ==
                  theirs.samples);
      EXPECT_FALSE(ours.report.size_changed_at);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, CropsOf,
    testing::Values(
        Made{"_420.mkv", "-c:v ffv1", "yuv420p"}, Made{"_422.mkv", "-c:v ffv1", "yuv422p"},
        Made{"_444.mkv", "-c:v ffv1", "yuv444p"}, Made{"_411.mkv", "-c:v ffv1", "yuv411p"},
        Made{"_ten_bits.mkv", "-c:v ffv1", "yuv420p10le", false},
        Made{"_sixteen_bits.mkv", "-c:v ffv1", "yuv444p16le"},
        Made{"_gray.mkv", "-c:v ffv1", "gray"}, Made{"_alpha.mkv", "-c:v ffv1", "yuva420p"},
        Made{"_rgb.mkv", "-c:v ffv1", "bgr0"}, Made{"_planar_rgb.mkv", "-c:v ffv1", "gbrp10le"},
        Made{"_rgb24.mov", "-c:v qtrle", "rgb24"}, Made{"_palette.mov", "-c:v png", "pal8"},
        Made{"_nv12.nut", "-c:v rawvideo", "nv12", false},
        Made{"_yuyv.nut", "-c:v rawvideo", "yuyv422", false},
        Made{"_uyvy.nut", "-c:v rawvideo", "uyvy422", false}),
    [](const auto& of) {
      return std::string(of.param.name + 1).substr(0, std::string(of.param.name + 1).find('.'));
    });

TEST(FrameCrop, IsExactAtOddOffsetsInEveryLayout) {
  const TempFolder folder;
  const CropRect crop{.x = 13, .y = 7, .width = 33, .height = 27};
  const std::array<std::array<const char*, 3>, 4> layouts{{
      {"yuv422p", "-c:v rawvideo -pix_fmt yuyv422", "yuyv.nut"},
      {"yuv422p", "-c:v rawvideo -pix_fmt uyvy422", "uyvy.nut"},
      {"yuv420p", "-c:v rawvideo -pix_fmt nv12", "nv12.nut"},
      {"yuv420p", "-c:v ffv1 -pix_fmt yuv420p10le", "ten_bits.mkv"},
  }};
  for (const auto& [planar_format, other, name] : layouts) {
    const auto planar =
        folder.Ffmpeg(std::string(kSource) + "-c:v ffv1 -pix_fmt " + planar_format, "planar.mkv");
    const auto path = folder.Ffmpeg("-i " + planar.string() + " " + other, name);
    ASSERT_TRUE(ReadVideo(path, {}, true).samples == ReadVideo(planar, {}, true).samples) << name;
    EXPECT_TRUE(ReadVideo(path, {.sampling = Cropped(crop)}, true).samples ==
                ReadVideo(planar, {.sampling = Cropped(crop)}, true).samples)
        << name;
  }
}

TEST(FrameCrop, UnpacksSeveralPixelsInOneByte) {
  const TempFolder folder;
  const CropRect crop{.x = 13, .y = 7, .width = 33, .height = 27};
  const auto bits =
      folder.Ffmpeg(std::string(kSource) + "-c:v rawvideo -pix_fmt monob", "bits.nut");
  const auto gray = folder.Ffmpeg("-i " + bits.string() + " -c:v ffv1 -pix_fmt gray", "gray.mkv");
  ASSERT_TRUE(ReadVideo(bits, {}, true).samples == ReadVideo(gray, {}, true).samples);
  EXPECT_TRUE(ReadVideo(bits, {.sampling = Cropped(crop)}, true).samples ==
              ReadVideo(gray, {.sampling = Cropped(crop)}, true).samples);
}

TEST(FrameCrop, SharesTheSamplesOfTheDecoder) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(std::string(kSource) + "-c:v ffv1 -pix_fmt yuv420p", "a.mkv");
  const auto source =
      OpenVideo(path, {.sampling = Cropped({.x = 15, .y = 2, .width = 32, .height = 16})});
  ASSERT_TRUE(source);
  const auto frame = (*source)->Next();
  ASSERT_TRUE(frame);
  const image::FrameView& view = (*frame)->view;
  EXPECT_EQ(view.y.width, 32);
  EXPECT_EQ(view.u.width, 16);
  EXPECT_GE(view.y.stride, 96) << "rows of the whole frame";
}

TEST(FrameCrop, CountsFromWhatIsShownOfACodedFrame) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      std::string(kSource) +
          "-c:v libx264 -pix_fmt yuv420p -bsf:v h264_metadata=crop_left=10:crop_right=6:crop_top=4",
      "a.mp4");
  const CropRect crop{.x = 4, .y = 6, .width = 32, .height = 32};
  const auto decoded =
      folder.Ffmpeg("-flags unaligned -i " + path.string() + " -c:v ffv1", "decoded.mkv");
  EXPECT_TRUE(ReadVideo(path, {.sampling = Cropped(crop)}, true).samples ==
              ReadVideo(decoded, {.sampling = Cropped(crop)}, true).samples);
}

TEST(FrameCrop, GrowsWithALaterSize) {
  const TempFolder folder;
  const std::string code = " -c:v mpeg2video -pix_fmt yuv420p -q:v 2 -bf 0 -f mpegts";
  const auto one = folder.Ffmpeg(std::string(kSource) + code, "1.ts");
  const auto two = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=192x128:r=25:d=0.2 -output_ts_offset 0.2" + code, "2.ts");
  const auto path =
      folder.Write("both.ts", testing_clips::ReadAll(one) + testing_clips::ReadAll(two));
  const auto read =
      ReadVideo(path, {.sampling = Cropped({.x = 16, .y = 8, .width = 48, .height = 32})}, true);
  ASSERT_EQ(read.failure, "");
  ASSERT_TRUE(read.report.size_changed_at);
  const auto changed = static_cast<size_t>(*read.report.size_changed_at);
  ASSERT_EQ(read.samples.size(), changed + 5);
  EXPECT_EQ(read.last.y.width, 48);
  const auto alone =
      ReadVideo(two,
                {.sampling = {.analysis_width = 48,
                              .analysis_height = 32,
                              .crop = CropRect{.x = 32, .y = 16, .width = 96, .height = 64}}},
                true);
  EXPECT_EQ(read.samples[changed], alone.samples[0]);
  EXPECT_EQ(read.samples.back(), alone.samples[4]);
}

TEST(FrameCrop, OutsideTheFrameIsAnErrorOfTheVideo) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(std::string(kSource) + "-c:v ffv1 -pix_fmt yuv420p", "a.mkv");
  const auto failure = [&](const CropRect& crop) {
    const auto probed = Probe(path, Cropped(crop), nullptr);
    EXPECT_FALSE(probed);
    const auto read = ReadVideo(path, {.sampling = Cropped(crop)});
    EXPECT_EQ(read.failure, probed ? "" : probed.error().Text());
    EXPECT_EQ(read.code, Code::kInvalidArgument);
    return read.failure;
  };
  EXPECT_THAT(failure({.x = 0, .y = 0, .width = 97, .height = 64}),
              StartsWith(path.string() + ": the crop 0:0:97:64"));
  EXPECT_THAT(failure({.x = 0, .y = 40, .width = 96, .height = 32}),
              HasSubstr("96x64 as decoded: X+W can be at most 96 and Y+H at most 64"));
  EXPECT_THAT(failure({.x = 96, .y = 0, .width = 16, .height = 16}),
              testing::EndsWith("at most 64"));
}

TEST(FrameCrop, OfARangeIsThatOfTheWholeVideo) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=96x64:r=25:d=4 -c:v libx264 -g 12 -bf 2 -pix_fmt yuv420p", "a.mp4");
  const ReaderOptions options{.sampling = Cropped({.x = 7, .y = 3, .width = 50, .height = 40}),
                              .thumbnail = FrameSize{.width = 48, .height = 27}};
  const auto whole = ReadVideo(path, options, true);
  const auto plan = PlanRanges(path, options, 0.8);
  ASSERT_TRUE(plan);
  ASSERT_GE(plan->ranges.size(), 3U);
  std::vector<std::string> joined;
  for (const KeyframeRange& range : plan->ranges) {
    const auto reader = OpenRangeReader(path, options);
    ASSERT_TRUE(reader);
    ASSERT_TRUE((*reader)->Begin(range));
    for (auto frame = (*reader)->Next(); frame && *frame != nullptr; frame = (*reader)->Next()) {
      if (!(*reader)->behind()) joined.push_back(SamplesOf((*frame)->view));
    }
  }
  EXPECT_EQ(joined.size(), 100U);
  EXPECT_TRUE(joined == whole.samples);
}

// ---- Small pictures

std::string Thumbnails(const std::filesystem::path& path, const CropRect& crop) {
  const auto source = OpenVideo(
      path, {.sampling = Cropped(crop), .thumbnail = FrameSize{.width = 48, .height = 27}});
  EXPECT_TRUE(source);
  std::string bytes;
  for (auto frame = (*source)->Next(); frame && *frame != nullptr; frame = (*source)->Next()) {
    const auto& picture = (*frame)->thumbnail;
    for (int y = 0; y < picture.height; ++y) {
      bytes.append(reinterpret_cast<const char*>(picture.row(y)),
                   static_cast<size_t>(picture.width));
    }
  }
  return bytes;
}

TEST(FrameCrop, GivesThumbnailsAsTheCommandLineDoes) {
  const TempFolder folder;
  struct CropCase {
    const char* encoder;
    const char* name;
    CropRect crop;
  };
  const CropRect even{.x = 16, .y = 8, .width = 160, .height = 90};
  const CropRect odd{.x = 13, .y = 7, .width = 161, .height = 93};
  for (const auto& [encoder, name, crop] :
       {CropCase{"-c:v libx264 -pix_fmt yuv420p", "a.mp4", even},
        CropCase{"-c:v libx264 -pix_fmt yuv420p", "b.mp4", odd},
        CropCase{"-c:v libx264 -pix_fmt yuv420p10le", "c.mp4", even},
        CropCase{"-c:v ffv1 -pix_fmt yuv422p", "d.mkv", odd},
        CropCase{"-c:v ffv1 -pix_fmt bgr0", "e.mkv", odd},
        CropCase{"-c:v ffv1 -pix_fmt gray", "f.mkv", odd}}) {
    const auto path =
        folder.Ffmpeg(std::string("-f lavfi -i testsrc2=s=320x180:r=25:d=0.2 ") + encoder, name);
    EXPECT_TRUE(Thumbnails(path, crop) ==
                Output("ffmpeg -v error -nostdin -i " + Quoted(path) + " -vf " + Filter(crop) +
                       " -f rawvideo -pix_fmt rgb24 -s 48x27 -"))
        << name;
  }
}

TEST(FrameCrop, OfATurnedPictureCountsBeforeTheTurn) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=320x180:r=25:d=0.2 -c:v libx264 -pix_fmt yuv420p", "a.mp4");
  testing_clips::TurnClockwise(path, 90);
  const CropRect crop{.x = 16, .y = 8, .width = 160, .height = 90};
  ASSERT_EQ(Probe(path, {}, nullptr)->rotation_deg, 90);
  EXPECT_TRUE(Thumbnails(path, crop) ==
              Output("ffmpeg -v error -nostdin -noautorotate -i " + Quoted(path) + " -vf " +
                     Filter(crop) + ",transpose=clock -f rawvideo -pix_fmt rgb24 -s 48x27 -"));
}

// ---- Sizes

TEST(FrameCrop, SetsTheSizeOfWhatIsAnalysed) {
  const contracts::Sampling crop = Cropped({.x = 0, .y = 60, .width = 640, .height = 240});
  EXPECT_EQ(PartSize({1280, 720}, {}), (FrameSize{1280, 720}));
  EXPECT_EQ(PartSize({1280, 720}, crop), (FrameSize{640, 240}));
  EXPECT_EQ(FitSize({1280, 720}, crop), (FrameSize{640, 240}));
  contracts::Sampling scaled = crop;
  scaled.analysis_width = 320;
  EXPECT_EQ(FitSize({1280, 720}, scaled), (FrameSize{320, 120}));
}

TEST(FrameCrop, IsCheckedBeforeAFileIsOpened) {
  for (const CropRect& crop :
       std::array<CropRect, 4>{{{.x = -1, .y = 0, .width = 16, .height = 16},
                                {.x = 0, .y = -1, .width = 16, .height = 16},
                                {.x = 0, .y = 0, .width = 2, .height = 16},
                                {.x = 0, .y = 0, .width = 16, .height = 16385}}}) {
    const auto valid = ValidateSampling(Cropped(crop));
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().context, "crop");
  }
  EXPECT_TRUE(ValidateSampling(Cropped({.x = 0, .y = 0, .width = 3, .height = 3})));
}

TEST(FrameCrop, IsCountedInTheMemoryThatDecodingTakes) {
  contracts::VideoInfo info;
  info.pixel_format = "yuv420p";
  info.width = 1920;
  info.height = 1080;
  info.reference_frames = 4;
  const std::vector<FrameRequest> crop{
      {.sampling = Cropped({.x = 0, .y = 0, .width = 320, .height = 180})}};
  const int64_t whole = EstimateDecodeBytes(info, {}, 1, 0);
  EXPECT_GE(EstimateDecodeBytes(info, crop, 1, 0), whole) << "frames are decoded as a whole";
  EXPECT_LT(EstimateDecodeBytes(info, crop, 1, 0), whole * 5 / 4);
  info.pixel_format = "yuv420p10le";
  EXPECT_LT(EstimateDecodeBytes(info, crop, 1, 4) - EstimateDecodeBytes(info, crop, 1, 0),
            4 * 320 * 180 * 3 + 1)
      << "frames that are kept are copies of the crop";
}

}  // namespace
}  // namespace reelbatch::media
