#include "media/thumbnailer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "media/display_turn.h"
#include "media/range_reader.h"
#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using testing_clips::Output;
using testing_clips::Quoted;
using testing_clips::TempFolder;

constexpr FrameSize kSmall{.width = 48, .height = 27};
constexpr size_t kBytes = size_t{3} * 48 * 27;

using Pictures = std::vector<std::string>;

std::string BytesOf(const image::StampedFrame& frame) {
  EXPECT_EQ(frame.thumbnail.width, 3 * kSmall.width);
  EXPECT_EQ(frame.thumbnail.height, kSmall.height);
  std::string bytes;
  for (int y = 0; y < frame.thumbnail.height; ++y) {
    bytes.append(reinterpret_cast<const char*>(frame.thumbnail.row(y)),
                 static_cast<size_t>(frame.thumbnail.width));
  }
  return bytes;
}

Pictures Ours(const std::filesystem::path& path, ReaderOptions options = {}) {
  options.thumbnail = kSmall;
  Pictures pictures;
  auto source = OpenVideo(path, options);
  EXPECT_TRUE(source) << path;
  while (source) {
    const auto frame = (*source)->Next();
    EXPECT_TRUE(frame) << (frame ? "" : frame.error().Text());
    if (!frame || *frame == nullptr) break;
    pictures.push_back(BytesOf(**frame));
  }
  return pictures;
}

/// As the published code asks for them; `before` and `before_input`: options that it does not give.
Pictures CommandLines(const std::filesystem::path& path, const std::string& before = "",
                      const std::string& before_input = "") {
  const std::string all =
      Output("ffmpeg -v error -nostdin " + before_input + " -i " + Quoted(path) + " " + before +
             " -f rawvideo -pix_fmt rgb24 -s 48x27 -");
  EXPECT_EQ(all.size() % kBytes, 0U);
  Pictures pictures;
  for (size_t at = 0; at < all.size(); at += kBytes) pictures.push_back(all.substr(at, kBytes));
  return pictures;
}

void ExpectSame(const Pictures& ours, const Pictures& theirs, const std::string& what) {
  ASSERT_EQ(ours.size(), theirs.size()) << what;
  ASSERT_FALSE(ours.empty()) << what;
  for (size_t k = 0; k < ours.size(); ++k) {
    if (ours[k] == theirs[k]) continue;
    size_t differ = 0;
    int most = 0;
    for (size_t i = 0; i < kBytes; ++i) {
      const int by =
          std::abs(static_cast<uint8_t>(ours[k][i]) - static_cast<uint8_t>(theirs[k][i]));
      differ += by > 0 ? 1 : 0;
      most = std::max(most, by);
    }
    FAIL() << what << ": frame " << k << " differs in " << differ << " samples, by up to " << most;
  }
}

/// Options for what ffmpeg's program does unasked up to FFmpeg 6, and what newer versions do in
/// another way (Note [As the command line scales]). Every version understands them. None: all
/// versions do the same unasked.
struct InWords {
  const char* before_input = "";
  const char* before = "";
};

void ExpectThoseOfTheCommandLine(const Pictures& ours, const std::filesystem::path& path,
                                 const std::optional<InWords>& in_words, const std::string& what) {
  if (in_words) {
    ExpectSame(ours, CommandLines(path, in_words->before, in_words->before_input),
               what + ", in words");
  }
  constexpr unsigned kFfmpeg7 = 61;
  if (!in_words || avcodec_version() >> 16 < kFfmpeg7) ExpectSame(ours, CommandLines(path), what);
}

struct Made {
  const char* name;
  const char* arguments;  // behind a moving source of 25 frames/s
  const char* size = "320x180";
  std::optional<InWords> in_words = std::nullopt;
};

constexpr char kCropped10[] =
    "-c:v libx264 -pix_fmt yuv420p -bsf:v "
    "h264_metadata=crop_left=10:crop_right=6:crop_top=4:crop_bottom=12";
constexpr char kCropped70[] =
    "-c:v libx264 -pix_fmt yuv420p -bsf:v "
    "h264_metadata=crop_left=70:crop_right=6:crop_top=4:crop_bottom=12";
constexpr char kHevcCropped70[] =
    "-c:v libx265 -x265-params log-level=error -pix_fmt yuv420p10le "
    "-bsf:v hevc_metadata=crop_left=70:crop_right=6:crop_top=4:crop_bottom=12";
// Columns are left out at the left only by 64.
constexpr InWords kFrom0 = {"-apply_cropping 0", "-vf crop=314:176:0:4:exact=1"};
constexpr InWords kFrom64 = {"-apply_cropping 0", "-vf crop=250:176:64:4:exact=1"};
constexpr InWords kHevcFrom64 = {"-apply_cropping 0", "-vf crop=250:168:64:4:exact=1"};

class MadeThumbnails : public testing::TestWithParam<Made> {
 protected:
  TempFolder folder_;
};

TEST_P(MadeThumbnails, AreThoseOfTheCommandLine) {
  const Made& made = GetParam();
  const auto path = folder_.Ffmpeg(
      std::string("-f lavfi -i testsrc2=s=") + made.size + ":r=25:d=0.4 " + made.arguments,
      made.name);
  const Pictures ours = Ours(path);
  ExpectThoseOfTheCommandLine(ours, path, made.in_words, made.name);
  ExpectSame(Ours(path, {.threads = 3}), ours, made.name);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, MadeThumbnails,
    testing::Values(
        Made{"h264.mp4", "-c:v libx264 -pix_fmt yuv420p"},
        Made{"bt709.mp4", "-c:v libx264 -pix_fmt yuv420p -colorspace bt709 -color_range tv"},
        Made{"bt601.mp4", "-c:v libx264 -pix_fmt yuv420p -colorspace smpte170m"},
        Made{"bt2020.mp4", "-c:v libx264 -pix_fmt yuv420p10le -colorspace bt2020nc"},
        // Tagged afterwards, because newer versions of ffmpeg do not convert to it.
        Made{"ycgco.mp4",
             "-c:v libx264 -pix_fmt yuv444p -bsf:v h264_metadata=matrix_coefficients=8", "320x180",
             InWords{.before = "-vf setparams=colorspace=bt470bg"}},
        Made{"full.mp4", "-c:v libx264 -vf scale=out_range=full,format=yuv420p -color_range pc"},
        Made{"full_mjpeg.avi", "-c:v mjpeg -pix_fmt yuvj420p"},
        Made{"full_mjpeg422.avi", "-c:v mjpeg -pix_fmt yuvj422p"},
        Made{"no_matrix_hd.mp4", "-c:v libx264 -pix_fmt yuv420p", "1280x720"},
        Made{"ten_bits.mp4", "-c:v libx264 -pix_fmt yuv420p10le"},
        Made{"ten_bits_422.mov", "-c:v prores -pix_fmt yuv422p10le"},
        Made{"odd.mkv", "-vf format=gbrp,scale=321:179 -c:v ffv1 -pix_fmt yuv420p"},
        Made{"odd_422.mkv", "-vf format=gbrp,scale=321:179 -c:v ffv1 -pix_fmt yuv422p"},
        Made{"h264_cropped.mp4", "-c:v libx264 -pix_fmt yuv420p", "322x178"},
        Made{"h264_cropped_left.mp4", kCropped10, "320x180", kFrom0},
        Made{"h264_cropped_far_left.mp4", kCropped70, "320x180", kFrom64},
        Made{"hevc_ten_bits_cropped_left.mp4", kHevcCropped70, "320x180", kHevcFrom64},
        Made{"small.mkv", "-c:v ffv1 -pix_fmt yuv420p", "32x18"},
        Made{"tiny.mkv", "-vf scale=5:3 -c:v ffv1 -pix_fmt yuv420p"},
        Made{"same.mkv", "-c:v ffv1 -pix_fmt yuv420p", "48x27"},
        Made{"same_rgb.mkv", "-vf format=gbrp,scale=48:27 -c:v ffv1 -pix_fmt gbrp"},
        Made{"tall.mp4", "-c:v libx264 -pix_fmt yuv420p", "90x720"},
        Made{"wide.mp4", "-c:v libx264 -pix_fmt yuv420p", "1920x34"},
        Made{"rgb.mkv", "-c:v ffv1 -pix_fmt bgr0"}, Made{"gray.mkv", "-c:v ffv1 -pix_fmt gray"},
        Made{"gray10.mkv", "-c:v ffv1 -pix_fmt gray10le"}, Made{"palette.gif", "-r 25"},
        Made{"alpha.mkv", "-c:v ffv1 -pix_fmt yuva420p"},
        Made{"yuv444.mp4", "-c:v libx264 -pix_fmt yuv444p"},
        Made{"yuv411.mkv", "-c:v ffv1 -pix_fmt yuv411p"},
        Made{"yuv440.mkv", "-c:v ffv1 -pix_fmt yuv440p"},
        Made{"interlaced.mp4", "-c:v libx264 -pix_fmt yuv420p -flags +ildct+ilme -x264opts tff=1"},
        Made{"interlaced.mpg", "-c:v mpeg2video -pix_fmt yuv420p -flags +ildct+ilme -q:v 4"},
        Made{"vp9.webm", "-c:v libvpx-vp9 -pix_fmt yuv420p -deadline realtime"}),
    [](const auto& of) {
      std::string name = of.param.name;
      std::ranges::replace(name, '.', '_');
      return name;
    });

/// 16.16 and 2.30 fixed point: a b u, c d v, x y w.
using Matrix = std::array<int32_t, 9>;

constexpr int32_t kOne = 1 << 16;

struct Turned {
  const char* name;
  const char* arguments;
  int32_t a, b, c, d;
  std::optional<InWords> in_words = std::nullopt;
};

class TurnedThumbnails : public testing::TestWithParam<Turned> {
 protected:
  TempFolder folder_;
};

/// Writes `turned` into the only tkhd box of an MP4 file.
void SetMatrix(std::string& file, const Turned& turned) {
  // Version 0: behind "tkhd" come flags 4, times 8, id 4, reserved 4, duration 4, reserved 8, layer
  // to reserved 8.
  constexpr size_t kMatrixBehindName = 44;
  const size_t at = file.find("tkhd");
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(file[at + 4], 0);
  const Matrix matrix = {turned.a, turned.b, 0, turned.c, turned.d, 0, 0, 0, 1 << 30};
  for (size_t k = 0; k < matrix.size(); ++k) {
    for (size_t byte = 0; byte < 4; ++byte) {
      file[at + kMatrixBehindName + 4 * k + byte] =
          static_cast<char>(static_cast<uint32_t>(matrix[k]) >> (24 - 8 * byte));
    }
  }
}

TEST_P(TurnedThumbnails, AreTurnedUprightFirst) {
  const Turned& turned = GetParam();
  const auto straight = folder_.Ffmpeg(
      std::string("-f lavfi -i testsrc2=s=322x180:r=25:d=0.2 ") + turned.arguments, "straight.mov");
  std::string file = testing_clips::ReadAll(straight);
  SetMatrix(file, turned);
  const auto path = folder_.Write("turned.mov", file);
  ExpectThoseOfTheCommandLine(Ours(path), path, turned.in_words, turned.name);
  EXPECT_NE(CommandLines(path), CommandLines(straight)) << "the matrix changes nothing";
}

constexpr char kPlain[] = "-c:v libx264 -pix_fmt yuv420p";
constexpr char kTenBits[] = "-c:v libx264 -pix_fmt yuv420p10le";
constexpr char k422[] = "-c:v libx264 -pix_fmt yuv422p";
constexpr char k422Full[] = "-c:v mjpeg -pix_fmt yuvj422p";
constexpr char k422TenBits[] = "-c:v prores -pix_fmt yuv422p10le -colorspace bt709";
constexpr char k420Odd[] = "-vf scale=321:179 -c:v ffv1 -pix_fmt yuv420p";
constexpr char kRgb[] = "-c:v qtrle -pix_fmt rgb24";

INSTANTIATE_TEST_SUITE_P(
    Ways, TurnedThumbnails,
    testing::Values(Turned{"by_90", kPlain, 0, kOne, -kOne, 0},
                    Turned{"by_180", kPlain, -kOne, 0, 0, -kOne},
                    Turned{"by_270", kPlain, 0, -kOne, kOne, 0},
                    Turned{"mirrored_columns", kPlain, -kOne, 0, 0, kOne},
                    Turned{"mirrored_rows", kPlain, kOne, 0, 0, -kOne},
                    Turned{"transposed", kPlain, 0, kOne, kOne, 0},
                    Turned{"transposed_and_mirrored", kPlain, 0, -kOne, -kOne, 0},
                    Turned{"ten_bits_by_90", kTenBits, 0, kOne, -kOne, 0},
                    Turned{"ten_bits_by_270", kTenBits, 0, -kOne, kOne, 0},
                    Turned{"ten_bits_by_180", kTenBits, -kOne, 0, 0, -kOne},
                    Turned{"h422_by_90", k422, 0, kOne, -kOne, 0},
                    Turned{"h422_by_180", k422, -kOne, 0, 0, -kOne},
                    Turned{"h422_full_by_270", k422Full, 0, -kOne, kOne, 0},
                    Turned{"h422_ten_bits_by_90", k422TenBits, 0, kOne, -kOne, 0,
                           InWords{"-noautorotate", "-vf format=yuv444p16,transpose=clock"}},
                    Turned{"odd_by_90", k420Odd, 0, kOne, -kOne, 0},
                    Turned{"odd_by_180", k420Odd, -kOne, 0, 0, -kOne},
                    Turned{"rgb_by_90", kRgb, 0, kOne, -kOne, 0},
                    Turned{"rgb_by_180", kRgb, -kOne, 0, 0, -kOne}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(DisplayTurn, OfADegenerateOrSlantedMatrixIsNone) {
  EXPECT_FALSE(TurnOf(Matrix{0, 0, 0, 0, 0, 0, 0, 0, 0}.data()).needed());
  constexpr int32_t kHalfRoot = 46341;  // of 2, of kOne
  EXPECT_FALSE(
      TurnOf(Matrix{kHalfRoot, kHalfRoot, 0, -kHalfRoot, kHalfRoot, 0, 0, 0, 1 << 30}.data())
          .needed());
  EXPECT_FALSE(TurnOf(Matrix{kOne, 0, 0, 0, kOne, 0, 0, 0, 1 << 30}.data()).needed());
}

TEST(Thumbnails, AreMadeOnRequestAlone) {
  const TempFolder folder;
  const auto path =
      folder.Ffmpeg(std::string(testing_clips::kTestSource) + "-c:v libx264", "a.mp4");
  const auto source = OpenVideo(path, {});
  ASSERT_TRUE(source);
  const auto frame = (*source)->Next();
  ASSERT_TRUE(frame);
  EXPECT_TRUE((*frame)->thumbnail.empty());
}

TEST(Thumbnails, LeaveTheFramesAsTheyAre) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      std::string("-f lavfi -i testsrc2=s=320x180:r=25:d=0.4 ") + kCropped10, "a.mp4");
  const auto without = testing_clips::ReadVideo(path, {}, true);
  const auto with = testing_clips::ReadVideo(path, {.thumbnail = kSmall}, true);
  EXPECT_EQ(without.failure, "");
  EXPECT_EQ(without.last.y.width, 304);
  EXPECT_EQ(without.samples, with.samples);
}

TEST(Thumbnails, DoNotDependOnTheAnalysisSize) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=320x180:r=25:d=0.4 -c:v libx264 -pix_fmt yuv420p", "a.mp4");
  ExpectSame(Ours(path, {.sampling = {.analysis_width = 100}}), CommandLines(path), "100 wide");
}

TEST(Thumbnails, AreOfTheFramesThatTheSamplingTakes) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -c:v libx264 -pix_fmt yuv420p", "a.mp4");
  const Pictures all = CommandLines(path);
  Pictures every_fifth;
  for (size_t k = 0; k < all.size(); k += 5) every_fifth.push_back(all[k]);
  ExpectSame(Ours(path, {.sampling = {.analysis_fps = 5}}), every_fifth, "5 frames/s");
}

TEST(Thumbnails, LiveAsLongAsTheirFrames) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=320x180:r=25:d=0.4 -c:v libx264 -pix_fmt yuv420p", "a.mp4");
  const Pictures expected = CommandLines(path);
  const auto source = OpenVideo(path, {.frames_kept = 3, .thumbnail = kSmall});
  ASSERT_TRUE(source);
  std::vector<image::StampedFrame> kept;
  for (size_t k = 0; k < 4; ++k) kept.push_back(**(*source)->Next());
  for (size_t k = 0; k < 4; ++k) EXPECT_EQ(BytesOf(kept[k]), expected[k]) << k;
}

TEST(Thumbnails, FollowAChangeOfSizeInTheMiddle) {
  const TempFolder folder;
  const std::string code = " -c:v mpeg2video -pix_fmt yuv420p -q:v 3 -bf 0 -f mpegts";
  const auto one = folder.Ffmpeg("-f lavfi -i testsrc2=s=320x180:r=25:d=0.4" + code, "1.ts");
  const auto two = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=192x144:r=25:d=0.4 -output_ts_offset 0.4" + code, "2.ts");
  const auto path =
      folder.Write("both.ts", testing_clips::ReadAll(one) + testing_clips::ReadAll(two));
  ExpectSame(Ours(path), CommandLines(path, "-fps_mode passthrough"), "320x180, then 192x144");
}

Pictures FromRanges(const std::filesystem::path& path, double range_s, size_t& ranges) {
  const ReaderOptions options{.thumbnail = kSmall};
  Pictures pictures;
  const auto plan = PlanRanges(path, options, range_s);
  EXPECT_TRUE(plan);
  ranges = plan->ranges.size();
  // The last range first, by readers that take turns: nothing may depend on what one has seen
  // before.
  std::vector<Pictures> parts(ranges);
  const std::array readers = {OpenRangeReader(path, options).value(),
                              OpenRangeReader(path, options).value()};
  for (size_t r = ranges; r-- > 0;) {
    RangeReader& reader =
        r == 0 ? *OpenRangeReader(path, options).value().release() : *readers[r % 2];
    const std::unique_ptr<RangeReader> first(r == 0 ? &reader : nullptr);
    EXPECT_TRUE(reader.Begin(plan->ranges[r]));
    while (true) {
      const auto frame = reader.Next();
      EXPECT_TRUE(frame);
      if (!frame || *frame == nullptr) break;
      if (!reader.behind()) parts[r].push_back(BytesOf(**frame));
    }
  }
  for (const Pictures& part : parts) pictures.insert(pictures.end(), part.begin(), part.end());
  return pictures;
}

TEST(Thumbnails, OfRangesAreThoseOfTheWholeVideo) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -c:v libx264 -pix_fmt yuv420p -bf 2 -g 20", "a.mp4");
  size_t ranges = 0;
  const Pictures joined = FromRanges(path, 0.8, ranges);
  EXPECT_GE(ranges, 4U);
  ExpectSame(joined, CommandLines(path), "ranges");
}

class RealThumbnails : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(clips_)) GTEST_SKIP() << "no real clips at " << clips_;
  }
  const std::filesystem::path clips_ = std::filesystem::path(REELBATCH_SHARED_DATA) / "clips";
};

TEST_F(RealThumbnails, AreThoseOfTheCommandLine) {
  // Constant rates: 8-bit H.264 of several sizes, MPEG-2 that is interlaced, Theora, VP9, MJPEG or
  // MPEG-4 in AVI, a turned one, one with oblong pixels.
  for (const char* clip :
       {"basketball_640.mp4", "city_cc0.mpg", "calais_1906.ogv", "oa4_launch.webm", "vtest.avi",
        "psd_rotate90.mp4", "psd_anamorphic_sar.mp4", "wildlife_320.mp4", "sintel_trailer_480p.mp4",
        "composite_42_00.mp4"}) {
    ExpectSame(Ours(clips_ / clip), CommandLines(clips_ / clip), clip);
  }
}

TEST_F(RealThumbnails, OfVaryingRatesAreOnePerDecodedFrame) {
  const char* clip = "derived_sintel_vfr.mp4";
  ExpectSame(Ours(clips_ / clip), CommandLines(clips_ / clip, "-fps_mode passthrough"), clip);
}

TEST_F(RealThumbnails, OfRangesAreThoseOfTheWholeVideo) {
  size_t ranges = 0;
  const Pictures joined = FromRanges(clips_ / "sintel_trailer_480p.mp4", 6, ranges);
  EXPECT_GE(ranges, 4U);
  ExpectSame(joined, CommandLines(clips_ / "sintel_trailer_480p.mp4"), "ranges");
}

}  // namespace
}  // namespace reelbatch::media
