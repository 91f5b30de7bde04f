#include "media/seek_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

using base::Code;
using testing::HasSubstr;
using testing_clips::Output;
using testing_clips::Quoted;
using testing_clips::ReadAll;
using testing_clips::SamplesOf;
using testing_clips::TempFolder;

// 160 frames that move, a cut in the middle.
std::string Source(const std::string& filter = "") {
  return "-f lavfi -i testsrc2=s=96x64:r=25:d=3.2 -f lavfi -i mandelbrot=s=96x64:r=25 "
         "-filter_complex \"[1]trim=duration=3.2[b];[0][b]concat,format=yuv420p" +
         filter + "\" ";
}
constexpr int64_t kFrames = 160;

struct Picture {
  contracts::FrameIndex index = 0;
  double pts_s = 0;
  std::string samples;  // of the view and the thumbnail

  explicit Picture(const image::StampedFrame& frame)
      : index(frame.index), pts_s(frame.pts_s), samples(SamplesOf(frame.view)) {
    const image::ImageView<uint8_t>& small = frame.thumbnail;
    for (int y = 0; y < small.height; ++y)
      samples.append(reinterpret_cast<const char*>(small.row(y)), static_cast<size_t>(small.width));
  }
};

std::vector<Picture> ReadInOrder(FrameSource& source) {
  std::vector<Picture> all;
  while (true) {
    const auto frame = source.Next();
    EXPECT_TRUE(frame) << frame.error().Text();
    if (!frame || *frame == nullptr) return all;
    all.emplace_back(**frame);
  }
}

std::vector<Picture> ReadInOrder(const std::filesystem::path& path, const ReaderOptions& options) {
  const auto source = OpenVideo(path, options);
  EXPECT_TRUE(source) << source.error().Text();
  return source ? ReadInOrder(**source) : std::vector<Picture>{};
}

const Picture& ShownAt(const std::vector<Picture>& all, double pts_s) {
  const auto after =
      std::ranges::find_if(all, [=](const Picture& p) { return p.pts_s > pts_s + 1e-6; });
  return after == all.begin() ? all.front() : *(after - 1);
}

/// Asks for these times and compares every answer.
void ExpectSame(SeekReader& reader, const std::vector<Picture>& all,
                const std::vector<double>& times) {
  for (const double time_s : times) {
    const auto found = reader.At(time_s);
    ASSERT_TRUE(found) << found.error().Text();
    const Picture picture(**found);
    const Picture& expected = ShownAt(all, time_s);
    ASSERT_EQ(picture.pts_s, expected.pts_s) << "at " << time_s;
    ASSERT_TRUE(picture.samples == expected.samples) << "at " << time_s;
    if (picture.index != -1) {
      ASSERT_EQ(picture.index, expected.index);
    }
  }
}

/// Of every `step`-th frame, from `first` on.
std::vector<double> TimesOf(const std::vector<Picture>& all, size_t first, size_t step) {
  std::vector<double> times;
  for (size_t i = first; i < all.size(); i += step) times.push_back(all[i].pts_s);
  return times;
}

/// Every time, times between, before and behind; and only some of them, by readers of their own.
template <class Open>
void ExpectSameEverywhere(const std::vector<Picture>& all, Open open) {
  ASSERT_FALSE(all.empty());
  std::vector<double> dense{all.front().pts_s - 3, all.front().pts_s - 1e-3};
  for (size_t i = 0; i < all.size(); ++i) {
    const double gap_s = i + 1 < all.size() ? all[i + 1].pts_s - all[i].pts_s : 5;
    for (const double part : {0.0, 0.5, 0.99}) dense.push_back(all[i].pts_s + part * gap_s);
  }
  dense.push_back(std::numeric_limits<double>::infinity());
  std::ranges::sort(dense);
  ExpectSame(*open(), all, dense);
  for (const size_t step : {13, 40}) ExpectSame(*open(), all, TimesOf(all, step / 2, step));
  for (size_t i = 0; i < all.size(); i += 41) ExpectSame(*open(), all, {all[i].pts_s});
  ExpectSame(*open(), all, {all.back().pts_s + 100});
}

enum class Way : uint8_t { kSeeks, kInOrder };

/// `way`: of a picture near the end.
void ExpectSameEverywhere(const std::filesystem::path& path, const ReaderOptions& options,
                          Way way) {
  const auto all = ReadInOrder(path, options);
  const auto open = [&] { return OpenSeekReader(path, options).value(); };
  ExpectSameEverywhere(all, open);
  const auto reader = open();
  ASSERT_TRUE(reader->At(all[all.size() * 9 / 10].pts_s));
  const auto frames = static_cast<int64_t>(all.size());
  if (way == Way::kSeeks) {
    EXPECT_EQ(reader->counts().seeks, 1);
    EXPECT_LT(reader->counts().frames_decoded, frames / 2);
  } else {
    EXPECT_GT(reader->counts().frames_decoded, frames / 2);
  }
}

struct SeekCase {
  const char* name;
  const char* encoder;
  const char* file;
  Way way = Way::kSeeks;
  ReaderOptions options = {};
  const char* filter = "";
};

void PrintTo(const SeekCase& test, std::ostream* out) { *out << test.name; }

class Seeks : public testing::TestWithParam<SeekCase> {};

TEST_P(Seeks, GiveThePicturesOfDecodingInOrder) {
  const TempFolder folder;
  const SeekCase& test = GetParam();
  const auto path = folder.Ffmpeg(Source(test.filter) + test.encoder, test.file);
  ExpectSameEverywhere(path, test.options, test.way);
}

INSTANTIATE_TEST_SUITE_P(
    H264, Seeks,
    testing::Values(
        SeekCase{"mp4", "-c:v libx264 -g 12 -bf 3", "c.mp4"},
        SeekCase{"no_b_frames", "-c:v libx264 -g 12 -bf 0", "c.mp4"},
        SeekCase{"b_pyramid", "-c:v libx264 -g 24 -bf 8 -b_strategy 0 -refs 4", "c.mp4"},
        SeekCase{"every_picture_a_keyframe", "-c:v libx264 -g 1", "c.mp4"},
        SeekCase{"short_gops", "-c:v libx264 -g 3 -bf 2", "c.mp4"},
        SeekCase{"mkv", "-c:v libx264 -g 12 -bf 3", "c.mkv"},
        SeekCase{"fragmented", "-c:v libx264 -g 12 -movflags frag_keyframe+empty_moov", "c.mp4"},
        SeekCase{"headers_repeated", "-c:v libx264 -g 12 -x264-params repeat-headers=1", "c.mkv"},
        SeekCase{"frame_threads", "-c:v libx264 -g 12 -bf 3", "c.mp4", Way::kSeeks, {.threads = 3}},
        SeekCase{"no_loop_filter",
                 "-c:v libx264 -g 12 -crf 35",
                 "c.mp4",
                 Way::kSeeks,
                 {.skip_loop_filter = true}},
        SeekCase{"thumbnail",
                 "-c:v libx264 -g 12",
                 "c.mp4",
                 Way::kSeeks,
                 {.thumbnail = FrameSize{16, 12}}},
        SeekCase{
            "crop",
            "-c:v libx264 -g 12",
            "c.mp4",
            Way::kSeeks,
            {.sampling = {.crop = contracts::CropRect{.x = 11, .y = 7, .width = 40, .height = 30}},
             .thumbnail = FrameSize{16, 12}}},
        SeekCase{"scaled",
                 "-c:v libx264 -g 12",
                 "c.mp4",
                 Way::kSeeks,
                 {.sampling = {.analysis_width = 48}}},
        SeekCase{"ten_bits", "-c:v libx264 -g 12 -pix_fmt yuv420p10le", "c.mp4"},
        SeekCase{"hidden_columns",
                 "-c:v libx264 -g 12",
                 "c.mp4",
                 Way::kSeeks,
                 {.thumbnail = FrameSize{16, 12}},
                 ",crop=90:58"},
        SeekCase{"interlaced",
                 "-c:v libx264 -g 12 -flags +ildct+ilme",
                 "c.mp4",
                 Way::kSeeks,
                 {},
                 ",setfield=tff"},
        SeekCase{"late_start", "-c:v libx264 -g 12 -output_ts_offset 7", "c.mkv"},
        SeekCase{"variable_rate",
                 "-fps_mode vfr -c:v libx264 -g 12",
                 "c.mkv",
                 Way::kSeeks,
                 {},
                 ",setpts=(N+0.3*mod(N\\,3))/25/TB"},
        SeekCase{"drops",
                 "-fps_mode vfr -c:v libx264 -g 12",
                 "c.mp4",
                 Way::kSeeks,
                 {},
                 ",select='not(between(mod(n,7),2,4))'"},
        SeekCase{"open_gop", "-c:v libx264 -g 12 -bf 5 -x264-params open-gop=1:b-pyramid=2",
                 "c.mp4", Way::kInOrder},
        SeekCase{"one_keyframe", "-c:v libx264 -g 1000 -sc_threshold 0", "c.mp4", Way::kInOrder},
        SeekCase{"intra_refresh", "-c:v libx264 -g 12 -x264-params intra-refresh=1", "c.mp4",
                 Way::kInOrder},
        SeekCase{"transport_stream", "-c:v libx264 -g 12", "c.ts", Way::kInOrder},
        SeekCase{"raw", "-c:v libx264 -g 12", "c.h264", Way::kInOrder},
        SeekCase{"flv", "-c:v libx264 -g 12", "c.flv", Way::kInOrder}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Codecs, Seeks,
    testing::Values(
        SeekCase{"hevc", "-c:v libx265 -x265-params log-level=none:keyint=12:open-gop=0", "c.mp4"},
        SeekCase{"hevc_open_gop",
                 "-c:v libx265 -x265-params log-level=none:keyint=12:min-keyint=12:scenecut=0:"
                 "open-gop=1",
                 "c.mp4"},
        SeekCase{"hevc_mkv",
                 "-c:v libx265 -x265-params log-level=none:keyint=12:open-gop=1:repeat-headers=1",
                 "c.mkv"},
        SeekCase{"vp9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12", "c.mp4"},
        SeekCase{"vp9_hidden",
                 "-c:v libvpx-vp9 -cpu-used 8 -g 12 -auto-alt-ref 1 -lag-in-frames 16", "c.webm"},
        SeekCase{"vp8", "-c:v libvpx -deadline realtime -cpu-used 8 -g 12", "c.webm"},
        SeekCase{"av1", "-c:v libaom-av1 -cpu-used 8 -usage realtime -g 12", "c.mkv"},
        SeekCase{"mpeg2", "-c:v mpeg2video -g 12 -bf 2", "c.mkv"},
        SeekCase{"mpeg2_interlaced",
                 "-c:v mpeg2video -g 12 -bf 2 -flags +ildct+ilme",
                 "c.mkv",
                 Way::kSeeks,
                 {},
                 ",setfield=tff"},
        SeekCase{"mpeg1", "-c:v mpeg1video -g 12 -bf 2", "c.mkv"},
        SeekCase{"mpeg4", "-c:v mpeg4 -g 12 -bf 2", "c.mp4"},
        SeekCase{"mjpeg", "-c:v mjpeg -pix_fmt yuvj420p", "c.mov"},
        SeekCase{"prores", "-c:v prores_ks", "c.mov"},
        SeekCase{"without_known_entries", "-c:v ffv1 -g 12", "c.mkv", Way::kInOrder},
        SeekCase{"program_stream", "-c:v mpeg2video -g 12 -bf 2", "c.mpg", Way::kInOrder},
        SeekCase{"avi", "-c:v mpeg4 -g 12 -bf 2", "c.avi", Way::kInOrder},
        SeekCase{"gif", "", "c.gif", Way::kInOrder}),
    [](const auto& test) { return std::string(test.param.name); });

class SeekReaderOf : public testing::Test {
 protected:
  std::filesystem::path Clip(const std::string& encoder = "-c:v libx264 -g 12 -bf 3",
                             const std::string& name = "clip.mp4") const {
    return folder_.Ffmpeg(Source() + encoder, name);
  }
  /// Of a clip whose packets get other stamps.
  std::filesystem::path Restamped(const std::string& setts, const std::string& name) {
    if (plain_.empty()) plain_ = Clip();
    return folder_.Ffmpeg("-i " + Quoted(plain_) + " -c copy -bsf:v \"setts=" + setts + "\"", name);
  }
  TempFolder folder_;
  std::filesystem::path plain_;
};

TEST_F(SeekReaderOf, RepairedStampsGivesThePicturesAtTheRepairedTimes) {
  // One stamp is late, the first, the last, many; the clock is set anew; a stamp comes twice. In
  // units of a packet's duration, because versions of ffmpeg count time in different units here.
  const std::vector<std::string> wrong{"eq(N,60),750",  "eq(N,61),750",          "eq(N,0),750",
                                       "eq(N,159),750", "between(N,40,100),750", "gte(N,70),-50",
                                       "eq(N,61),1"};
  for (const std::string& pts : wrong) {
    SCOPED_TRACE(pts);
    const std::string setts = "pts='PTS+DURATION*if(" + pts + ",0)':dts=DTS";
    ExpectSameEverywhere(Restamped(setts, "stamps.mp4"), {}, Way::kInOrder);
    ExpectSameEverywhere(Restamped(setts, "stamps.mkv"), {}, Way::kInOrder);
  }
}

TEST_F(SeekReaderOf, DecodeTimesInPlaceOfPresentationTimesGivesTheSamePictures) {
  for (const char* name : {"dts.mp4", "dts.mkv"}) {
    SCOPED_TRACE(name);
    ExpectSameEverywhere(Restamped("pts=DTS:dts=DTS", name), {}, Way::kInOrder);
  }
}

TEST_F(SeekReaderOf, APauseGivesTheSamePictures) {
  const char* const setts = "pts='PTS+if(gte(N,72),500000,0)':dts='DTS+if(gte(N,72),500000,0)'";
  ExpectSameEverywhere(Restamped(setts, "pause.mp4"), {}, Way::kSeeks);
  // FFmpeg makes up Matroska's decode times, and the pause lies within a group's.
  ExpectSameEverywhere(Restamped(setts, "pause.mkv"), {}, Way::kInOrder);
}

TEST_F(SeekReaderOf, AStampThatIsALittleLateGivesTheSamePictures) {
  for (const char* name : {"late.mp4", "late.mkv"}) {
    for (const char* packet : {"60", "61", "72", "73"}) {
      SCOPED_TRACE(std::string(name) + " " + packet);
      const auto path =
          Restamped(std::string("pts='PTS+if(eq(N,") + packet + "),0.3/TB,0)':dts=DTS", name);
      const auto all = ReadInOrder(path, {});
      ExpectSameEverywhere(all, [&] { return OpenSeekReader(path, {}).value(); });
    }
  }
}

TEST_F(SeekReaderOf, ATrimmedFileShowsWhatItsEditListShows) {
  const auto whole = Clip();
  const auto trimmed = folder_.Ffmpeg("-ss 0.6 -i " + Quoted(whole) + " -c copy", "trimmed.mp4");
  ASSERT_LT(ReadInOrder(trimmed, {}).size(), 160U);
  ExpectSameEverywhere(trimmed, {}, Way::kSeeks);
}

TEST_F(SeekReaderOf, AFileThatBeginsWithinAnOpenGopGivesTheSamePictures) {
  const auto whole = Clip("-c:v libx265 -x265-params log-level=none:keyint=12:open-gop=1", "o.mp4");
  const auto path = folder_.Ffmpeg("-ss 1.5 -i " + Quoted(whole) + " -c copy", "begins.mkv");
  const auto all = ReadInOrder(path, {});
  ExpectSameEverywhere(all, [&] { return OpenSeekReader(path, {}).value(); });
}

TEST_F(SeekReaderOf, HeadersThatChangeIsDecodedInOrder) {
  const auto first = Clip("-c:v libx264 -g 12 -bf 3 -x264-params repeat-headers=1", "a.mkv");
  const auto second =
      Clip("-c:v libx264 -g 12 -bf 0 -qp 40 -x264-params repeat-headers=1:cabac=0", "b.mkv");
  const auto list =
      folder_.Write("list.txt", "file '" + first.native() + "'\nfile '" + second.native() + "'\n");
  const auto path = folder_.Ffmpeg("-f concat -safe 0 -i " + Quoted(list) + " -c copy", "both.mkv");
  ASSERT_EQ(ReadInOrder(path, {}).size(), 320U);
  ExpectSameEverywhere(path, {}, Way::kInOrder);
}

TEST_F(SeekReaderOf, ASizeThatChangesIsDecodedInOrder) {
  const auto small = folder_.Ffmpeg(
      "-f lavfi -i testsrc2=s=64x48:r=25:d=2 -c:v libvpx-vp9 -cpu-used 8 -g 12", "a.webm");
  const auto large = folder_.Ffmpeg(
      "-f lavfi -i testsrc2=s=96x64:r=25:d=2 -c:v libvpx-vp9 -cpu-used 8 -g 12", "b.webm");
  const auto list =
      folder_.Write("list.txt", "file '" + small.native() + "'\nfile '" + large.native() + "'\n");
  const auto path =
      folder_.Ffmpeg("-f concat -safe 0 -i " + Quoted(list) + " -c copy", "both.webm");
  ExpectSameEverywhere(path, {}, Way::kInOrder);
}

TEST_F(SeekReaderOf, StreamsOneAfterTheOtherIsDecodedInOrder) {
  const auto one = ReadAll(Clip("-c:v mpeg2video -g 12 -bf 2", "a.ts"));
  ExpectSameEverywhere(folder_.Write("both.ts", one + one), {}, Way::kInOrder);
}

TEST_F(SeekReaderOf, DamageGivesThePicturesThatDecodingInOrderMakesUp) {
  for (const char* name : {"d.mp4", "d.mkv"}) {
    SCOPED_TRACE(name);
    std::string bytes = ReadAll(Clip("-c:v libx264 -g 12 -bf 3", name));
    for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 900; i += 3) bytes[i] = '\x5a';
    const auto path = folder_.Write(name, bytes);
    const auto all = ReadInOrder(path, {});
    ExpectSameEverywhere(all, [&] { return OpenSeekReader(path, {}).value(); });
  }
}

TEST_F(SeekReaderOf, AFileThatEndsEarlyGivesTheSamePictures) {
  for (const char* name : {"cut.mp4", "cut.mkv"}) {
    SCOPED_TRACE(name);
    const std::string bytes = ReadAll(Clip("-c:v libx264 -g 12 -movflags faststart", name));
    const auto path = folder_.Write(name, bytes.substr(0, bytes.size() * 2 / 3));
    const auto all = ReadInOrder(path, {});
    ASSERT_LT(all.size(), 160U);
    ExpectSameEverywhere(all, [&] { return OpenSeekReader(path, {}).value(); });
  }
}

TEST_F(SeekReaderOf, AStreamThatWasAskedForGivesItsPictures) {
  const auto path = folder_.Ffmpeg(
      "-f lavfi -i testsrc2=s=64x48:r=25:d=4 -f lavfi -i testsrc=s=32x32:r=10:d=4 -map 0 -map 1 "
      "-c:v libx264 -g 8",
      "two.mp4");
  ExpectSameEverywhere(path, {.sampling = {.stream = 1}}, Way::kSeeks);
}

TEST_F(SeekReaderOf, APictureSequenceIsDecodedInOrder) {
  std::filesystem::create_directory(folder_ / "p");
  folder_.Ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=0.8", "p/%03d.png");
  ExpectSameEverywhere(folder_ / "p" / "%03d.png", {}, Way::kInOrder);
}

TEST_F(SeekReaderOf, JoinedFilesGivesThePicturesOfTheJoinedTimeline) {
  const auto first = Clip("-c:v libx264 -g 12", "a.mp4");
  const auto second = Clip("-c:v mpeg4 -g 12 -bf 2", "b.mkv");
  JoinedFiles files({first, second});
  ASSERT_TRUE(files.Probe({}, nullptr));
  const auto all = ReadInOrder(*AsFrameSource(files.Open({}).value()));
  ASSERT_EQ(all.size(), 320U);
  ExpectSameEverywhere(all, [&] { return OpenSeekReader(files, {}).value(); });
  const auto reader = OpenSeekReader(files, {}).value();
  ASSERT_EQ((*reader->At(all[200].pts_s))->index, 200);
  EXPECT_EQ(reader->counts().seeks, 0);
  EXPECT_EQ(reader->counts().frames_decoded, 202);
}

TEST_F(SeekReaderOf, APlainFileSeeksOncePerGroupOfPictures) {
  for (const char* name : {"far.mp4", "far.mkv"}) {
    SCOPED_TRACE(name);
    const auto path = Clip("-c:v libx264 -g 40 -keyint_min 40 -sc_threshold 0 -bf 3", name);
    const auto all = ReadInOrder(path, {});
    const auto reader = OpenSeekReader(path, {}).value();
    // Two times of the same group, decoded in one go.
    ExpectSame(*reader, all, {all[82].pts_s, all[90].pts_s, all[90].pts_s + 0.01});
    EXPECT_EQ(reader->counts().seeks, 1);
    EXPECT_LE(reader->counts().frames_decoded, 1 + 12);
    // Into the group that follows at once: decoding goes on.
    ExpectSame(*reader, all, {all[115].pts_s, all[121].pts_s});
    EXPECT_EQ(reader->counts().seeks, 1);
    // The last picture.
    ExpectSame(*reader, all, {all[159].pts_s + 9});
    EXPECT_EQ(reader->counts().seeks, 1);
  }
}

TEST_F(SeekReaderOf, AFewPicturesDecodesFewFrames) {
  const auto path = Clip();
  const auto all = ReadInOrder(path, {});
  const auto reader = OpenSeekReader(path, {}).value();
  ExpectSame(*reader, all, {all[0].pts_s, all[61].pts_s, all[122].pts_s});
  EXPECT_EQ(reader->counts().seeks, 2);
  EXPECT_LT(reader->counts().frames_decoded, kFrames / 4);
  EXPECT_EQ((*reader->At(all[122].pts_s))->index, -1);
}

TEST_F(SeekReaderOf, EveryFrameIsDecodedOnceWhereNothingIsPassedOver) {
  for (const char* encoder : {"-c:v libx264 -g 12", "-c:v libx264 -g 1000"}) {
    const auto path = Clip(encoder);
    const auto all = ReadInOrder(path, {});
    const auto reader = OpenSeekReader(path, {}).value();
    ExpectSame(*reader, all, TimesOf(all, 0, 1));
    EXPECT_EQ(reader->counts().seeks, 0);
    EXPECT_EQ(reader->counts().frames_decoded, kFrames);
    EXPECT_EQ((*reader->At(1e9))->index, kFrames - 1);
  }
}

TEST_F(SeekReaderOf, ASamplingsRangeAndRateAreNotApplied) {
  for (const char* name : {"range.mp4", "range.ts"}) {
    const auto path = Clip("-c:v libx264 -g 12", name);
    const auto all = ReadInOrder(path, {});
    const ReaderOptions options{.sampling = {.analysis_fps = 2, .start_s = 2, .end_s = 3},
                                .frames_kept = 5};
    ExpectSameEverywhere(all, [&] { return OpenSeekReader(path, options).value(); });
  }
}

TEST_F(SeekReaderOf, TheInfoIsThatOfOpenVideo) {
  for (const char* name : {"info.mp4", "info.ts"}) {
    const auto path = Clip("-c:v libx264 -g 12", name);
    const auto reader = OpenSeekReader(path, {}).value();
    ASSERT_TRUE(reader->At(2));
    const auto source = OpenVideo(path, {}).value();
    EXPECT_EQ(reader->info().width, source->info().width);
    EXPECT_EQ(reader->info().container, source->info().container);
    EXPECT_EQ(reader->info().duration_s, source->info().duration_s);
  }
}

TEST_F(SeekReaderOf, TellsOfEveryDecodedFrame) {
  for (const char* name : {"heard.mp4", "heard.ts"}) {
    int64_t heard = 0;
    const auto reader =
        OpenSeekReader(Clip("-c:v libx264 -g 12", name), {.on_decoded = [&] { ++heard; }}).value();
    ASSERT_TRUE(reader->At(4));
    EXPECT_GE(heard, reader->counts().frames_decoded) << name;
    EXPECT_GT(reader->counts().frames_decoded, 0) << name;
  }
}

TEST_F(SeekReaderOf, TimesThatDoNotAscendAreRefused) {
  for (const char* name : {"back.mp4", "back.ts"}) {
    const auto reader = OpenSeekReader(Clip("-c:v libx264 -g 12", name), {}).value();
    ASSERT_TRUE(reader->At(3));
    for (const double time_s : {2.9, std::nan("")}) {
      const auto found = reader->At(time_s);
      ASSERT_FALSE(found) << name;
      EXPECT_EQ(found.error().code, Code::kInvalidArgument);
    }
    EXPECT_TRUE(reader->At(3));
  }
}

TEST_F(SeekReaderOf, WhatCannotBeOpenedIsAnErrorOfOpenVideo) {
  const auto text = folder_.Write("text.mp4", std::string(5000, 'x'));
  const auto clip = Clip();
  const std::vector<std::pair<std::filesystem::path, ReaderOptions>> cases{
      {"/nowhere.mp4", {}},
      {"/nowhere/%d.png", {}},
      {text, {}},
      {clip, {.sampling = {.analysis_width = 1}}},
      {clip, {.sampling = {.stream = 7}}}};
  for (const auto& [path, options] : cases) {
    const auto source = OpenVideo(path, options);
    const auto reader = OpenSeekReader(path, options);
    ASSERT_FALSE(source) << path;
    ASSERT_FALSE(reader) << path;
    EXPECT_EQ(reader.error().code, source.error().code) << path;
    EXPECT_EQ(reader.error().Text(), source.error().Text()) << path;
  }
}

TEST_F(SeekReaderOf, ACropThatDoesNotLieWithinTheFrameIsAnErrorOfOpenVideo) {
  const ReaderOptions options{
      .sampling = {.crop = contracts::CropRect{.x = 80, .y = 0, .width = 40, .height = 30}}};
  const auto path = Clip();
  const auto expected = OpenVideo(path, options).value()->Next();
  const auto found = OpenSeekReader(path, options).value()->At(3);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().Text(), expected.error().Text());
  EXPECT_EQ(found.error().code, Code::kInvalidArgument);
}

TEST_F(SeekReaderOf, AVideoWithoutOneFrameIsCorrupt) {
  std::string bytes = ReadAll(Clip("-c:v libx264 -movflags faststart", "x.mp4"));
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.find("mdat") + 4), bytes.end(), '\0');
  const auto found = OpenSeekReader(folder_.Write("zeros.mp4", bytes), {}).value()->At(1);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kCorrupt);
  EXPECT_THAT(found.error().Text(), HasSubstr("no frame could be decoded"));
}

TEST_F(SeekReaderOf, AFrameThatIsTooLargeIsRefused) {
  for (const char* name : {"large.mp4", "large.ts"}) {
    const auto path =
        folder_.Ffmpeg("-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libx264 -g 12", name);
    const auto reader = OpenSeekReader(path, {.largest = {64, 48}}).value();
    const auto found = reader->At(3);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, Code::kOutOfMemory);
    ASSERT_TRUE(reader->refused_size());
    EXPECT_EQ(reader->refused_size()->width, 320);
  }
}

TEST_F(SeekReaderOf, StopsWhenCancelled) {
  for (const char* name : {"c.mp4", "c.ts"}) {
    const auto path = Clip("-c:v libx264 -g 12", name);
    base::CancelToken cancel;
    const auto reader = OpenSeekReader(path, {.cancel = &cancel}).value();
    ASSERT_TRUE(reader->At(1));
    cancel.Cancel();
    const auto found = reader->At(4);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, Code::kCancelled);
    EXPECT_EQ(OpenSeekReader(path, {.cancel = &cancel}).error().code, Code::kCancelled);
  }
}

}  // namespace
}  // namespace reelbatch::media
