#include "media/split.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "media/split_test_clip.h"
#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

using base::Code;
using test::NumberedClip;
using test::ReadNumbers;
using test::TempFolder;
using testing::HasSubstr;

/// Pieces of the clip at `times` (one per frame, in seconds), cut at `cuts`.
std::vector<Piece> PiecesOf(const std::vector<double>& times, const std::vector<int>& cuts,
                            const TempFolder& folder, const std::string& extension = ".mp4") {
  std::vector<Piece> pieces;
  const auto frames = static_cast<int>(times.size());
  const double last = times.back() + (times.back() - times[times.size() - 2]);
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const int end = cuts[i + 1];
    pieces.push_back({.start_frame = cuts[i],
                      .end_frame = end,
                      .start_s = times[static_cast<size_t>(cuts[i])],
                      .end_s = end < frames ? times[static_cast<size_t>(end)] : last,
                      .output = folder / ("piece" + std::to_string(i) + extension)});
  }
  return pieces;
}

void ExpectNumbers(const std::vector<int>& numbers, int begin, int end) {
  ASSERT_EQ(numbers.size(), static_cast<size_t>(end - begin));
  for (int i = begin; i < end; ++i) EXPECT_EQ(numbers[static_cast<size_t>(i - begin)], i);
}

struct Source {
  const char* codec;
  const char* file;
  int b_frames;
};

class SplitSources : public testing::TestWithParam<Source> {};

TEST_P(SplitSources, EveryPieceHoldsExactlyItsFrames) {
  const TempFolder folder;
  NumberedClip clip{.frames = 70};
  clip.options.codec = GetParam().codec;
  clip.options.gop = 25;
  clip.options.b_frames = GetParam().b_frames;
  const auto source = folder / GetParam().file;
  ASSERT_TRUE(test::WriteNumberedClip(source, clip));
  const std::vector<int> cuts{0, 7, 8, 31, 70};
  const auto pieces = PiecesOf(ReadNumbers(source).times, cuts, folder);
  const auto written = SplitExact(source, {}, pieces, nullptr);
  ASSERT_TRUE(written) << written.error().Text();
  ASSERT_EQ(written->size(), pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ((*written)[i].frames, cuts[i + 1] - cuts[i]);
    EXPECT_DOUBLE_EQ((*written)[i].start_s, pieces[i].start_s);
    ExpectNumbers(ReadNumbers(pieces[i].output).numbers, cuts[i], cuts[i + 1]);
    EXPECT_EQ(test::Probed(pieces[i].output, "stream=nb_read_frames"),
              std::to_string(cuts[i + 1] - cuts[i]));
  }
}

INSTANTIATE_TEST_SUITE_P(All, SplitSources,
                         testing::Values(Source{"libx264", "source.mp4", 3},
                                         Source{"libx264", "source.mkv", 2},
                                         Source{"mpeg2video", "source.mpg", 2},
                                         Source{"mpeg4", "source.avi", 0},
                                         Source{"libvpx-vp9", "source.webm", 0}),
                         [](const auto& param) {
                           std::string name = param.param.file;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

TEST(SplitExact, GapsBetweenPiecesAreLeftOut) {
  const TempFolder folder;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "source.mp4", {.frames = 40}));
  auto pieces = PiecesOf(ReadNumbers(folder / "source.mp4").times, {3, 9, 20, 30}, folder);
  pieces.erase(pieces.begin() + 1);
  ASSERT_TRUE(SplitExact(folder / "source.mp4", {}, pieces, nullptr));
  ExpectNumbers(ReadNumbers(pieces[0].output).numbers, 3, 9);
  ExpectNumbers(ReadNumbers(pieces[1].output).numbers, 20, 30);
}

TEST(SplitExact, KeepsUnevenTimes) {
  const TempFolder folder;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "vfr.mp4", {.frames = 40, .irregular_from = 20}));
  const auto times = ReadNumbers(folder / "vfr.mp4").times;
  const auto pieces = PiecesOf(times, {0, 15, 40}, folder);
  ASSERT_TRUE(SplitExact(folder / "vfr.mp4", {}, pieces, nullptr));
  const auto back = ReadNumbers(pieces[1].output);
  ExpectNumbers(back.numbers, 15, 40);
  for (size_t i = 0; i < back.times.size(); ++i) {
    EXPECT_NEAR(back.times[i] - back.times[0], times[15 + i] - times[15], 1e-4) << i;
  }
  EXPECT_NEAR(std::atof(test::Probed(pieces[1].output, "stream=duration").c_str()),
              pieces[1].end_s - pieces[1].start_s, 0.1)
      << "MP4 adds lengths up in decoding order, which is a frame out where the last ones are "
         "longer";
}

TEST(SplitExact, KeepsRotationAndPixelAspect) {
  const TempFolder folder;
  NumberedClip clip{.frames = 10};
  clip.options.sar = {16, 11};
  ASSERT_TRUE(test::WriteNumberedClip(folder / "flat.mp4", clip));
  std::filesystem::copy_file(folder / "flat.mp4", folder / "turned.mp4");
  testing_clips::TurnClockwise(folder / "turned.mp4", 90);
  const auto before = ReadNumbers(folder / "turned.mp4");
  ASSERT_EQ(before.info.rotation_deg, 90);
  for (const auto split : {&SplitExact, &SplitCopy}) {
    const auto pieces = PiecesOf(before.times, {0, 10}, folder);
    ASSERT_TRUE(split(folder / "turned.mp4", {}, pieces, nullptr, nullptr));
    const auto after = ReadNumbers(pieces[0].output);
    EXPECT_EQ(after.info.rotation_deg, before.info.rotation_deg);
    EXPECT_EQ(after.info.sar, before.info.sar);
  }
}

/// A click of sound at the moment when frame 50 of 25/s is shown, silence elsewhere.
void MakeClickingClip(const TempFolder& folder) {
  ASSERT_TRUE(test::WriteNumberedClip(folder / "mute.mp4", {.frames = 100}));
  test::Output(
      "ffmpeg -v error -i '" + (folder / "mute.mp4").string() +
      "' -f lavfi -i \"aevalsrc='if(between(t,2,2.05),0.8*sin(2000*PI*t),0)':s=44100:d=4\" "
      "-c:v copy -c:a aac -b:a 128k -shortest '" +
      (folder / "click.mp4").string() + "'");
  ASSERT_EQ(test::Probed(folder / "click.mp4", "stream=codec_name", "a:0"), "aac");
}

/// Seconds from a file's first frame to its first loud sample.
double ClickAt(const std::filesystem::path& path) {
  const std::string log =
      test::Output("ffmpeg -hide_banner -i '" + path.string() +
                   "' -vn -af silencedetect=noise=0.05:d=0.02 -f null - 2>&1 | grep -o "
                   "'silence_end: [0-9.]*' | head -1 | cut -d' ' -f2");
  return log.empty() ? -1 : std::atof(log.c_str());
}

/// Seconds of the container's clock at which the click begins.
double LoudAt(const std::filesystem::path& path) {
  const std::string log =
      test::Output("ffmpeg -hide_banner -copyts -i '" + path.string() +
                   "' -vn -af silencedetect=noise=0.05:d=0.02 -f null - 2>&1 | grep -o "
                   "'silence_end: [0-9.]*' | head -1 | cut -d' ' -f2");
  return log.empty() ? -1 : std::atof(log.c_str());
}

TEST(SplitExact, SoundStaysInStep) {
  const TempFolder folder;
  MakeClickingClip(folder);
  const auto times = ReadNumbers(folder / "click.mp4").times;
  const auto pieces = PiecesOf(times, {0, 13, 40, 77, 100}, folder);
  const auto written = SplitExact(folder / "click.mp4", {}, pieces, nullptr);
  ASSERT_TRUE(written) << written.error().Text();
  EXPECT_NEAR(ClickAt(folder / "click.mp4"), 2.0, 0.012);
  EXPECT_NEAR(ClickAt(pieces[2].output), 2.0 - 40 / 25.0, 0.012);
  for (const Piece& piece : pieces) {
    EXPECT_EQ(test::Probed(piece.output, "stream=codec_name", "a:0"), "aac");
    EXPECT_NEAR(std::atof(test::Probed(piece.output, "stream=duration", "a:0").c_str()),
                piece.end_s - piece.start_s, 0.03);
  }
}

TEST(SplitExact, AGapOfAnHourIsNotFilledWithSilence) {
  const TempFolder folder;
  MakeClickingClip(folder);
  // From 1.5 s on everything is an hour later, in the milliseconds of Matroska.
  const std::string later = "'setts=ts=if(gte(PTS\\,1500)\\,TS+3600000\\,TS)'";
  // Versions of ffmpeg count in the input's or in the output's unit of time: here they are one.
  test::Output("ffmpeg -v error -i '" + (folder / "click.mp4").string() + "' -c copy '" +
               (folder / "click.mkv").string() + "'");
  test::Output("ffmpeg -v error -i '" + (folder / "click.mkv").string() + "' -c copy -bsf:v " +
               later + " -bsf:a " + later + " '" + (folder / "gap.mkv").string() + "'");
  const auto times = ReadNumbers(folder / "gap.mkv").times;
  ASSERT_EQ(times.size(), 100U);
  ASSERT_GT(times.back(), 3600);
  const auto pieces = PiecesOf(times, {0, 100}, folder);
  const auto written = SplitExact(folder / "gap.mkv", {}, pieces, nullptr);
  ASSERT_TRUE(written) << written.error().Text();
  const auto packets = std::atoi(test::Probed(pieces[0].output, "stream=nb_frames", "a:0").c_str());
  EXPECT_NEAR(packets, 4 * 44100 / 1024.0, 10) << "an hour has 155 000 of them";
  const auto back = ReadNumbers(pieces[0].output);
  ExpectNumbers(back.numbers, 0, 100);
  EXPECT_NEAR(back.times.back(), times.back() - times.front(), 1e-3);
  EXPECT_NEAR(LoudAt(pieces[0].output), LoudAt(folder / "gap.mkv"), 0.01);
}

TEST(SplitCopy, StartsAtTheKeyframeAndSaysSo) {
  const TempFolder folder;
  for (const char* name : {"source.mp4", "source.mkv"}) {
    NumberedClip clip{.frames = 60};
    clip.options.gop = 10;
    clip.options.b_frames = 2;
    ASSERT_TRUE(test::WriteNumberedClip(folder / name, clip));
    const auto times = ReadNumbers(folder / name).times;
    const auto pieces = PiecesOf(times, {0, 20, 37, 60}, folder);
    const auto written = SplitCopy(folder / name, {}, pieces, nullptr);
    ASSERT_TRUE(written) << written.error().Text();
    ExpectNumbers(ReadNumbers(pieces[0].output).numbers, 0, 20);
    ExpectNumbers(ReadNumbers(pieces[1].output).numbers, 20, 37);
    ExpectNumbers(ReadNumbers(pieces[2].output).numbers, 30, 60);
    EXPECT_NEAR((*written)[1].start_s, times[20], 1e-9);
    EXPECT_NEAR((*written)[2].start_s, times[30], 1e-9);
    EXPECT_EQ((*written)[2].frames, 30);
  }
}

TEST(SplitCopy, TakesTheSoundAlong) {
  const TempFolder folder;
  MakeClickingClip(folder);
  const auto pieces = PiecesOf(ReadNumbers(folder / "click.mp4").times, {0, 100}, folder);
  ASSERT_TRUE(SplitCopy(folder / "click.mp4", {}, pieces, nullptr));
  EXPECT_NEAR(ClickAt(pieces[0].output), 2.0, 0.03);
}

TEST(SplitCopy, KeepsABoundedNumberOfLateFrames) {
  const TempFolder folder;
  // 1.8 MB a frame; all but the first are shown a minute later than they are stored.
  test::Output(
      "ffmpeg -v error -f lavfi -i color=s=1280x720:r=25:d=2 -c:v rawvideo -pix_fmt uyvy422 "
      "-bsf:v 'setts=pts=if(N\\,PTS+768000\\,PTS)' '" +
      (folder / "late.mov").string() + "'");
  const auto done = SplitCopy(folder / "late.mov", {},
                              {{.start_frame = 0,
                                .end_frame = 1,
                                .start_s = 0,
                                .end_s = 30,
                                .output = folder / "piece.mov"}},
                              nullptr);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kCorrupt);
  EXPECT_THAT(done.error().Text(), HasSubstr("late.mov: the video's timestamps are damaged"));
  EXPECT_EQ(test::FilesIn(folder.path()), 1);
}

TEST(Split, RefusesPiecesThatMakeNoSense) {
  const TempFolder folder;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "source.mp4", {.frames = 30}));
  const auto times = ReadNumbers(folder / "source.mp4").times;
  const auto good = PiecesOf(times, {0, 10, 20}, folder);
  for (const auto split : {&SplitExact, &SplitCopy}) {
    const auto code_of = [&](const std::vector<Piece>& pieces) {
      const auto done = split(folder / "source.mp4", {}, pieces, nullptr, nullptr);
      return done ? Code::kInternal : done.error().code;
    };
    EXPECT_EQ(code_of({good[1], good[0]}), Code::kInvalidArgument) << "not ascending";
    auto bad = good;
    bad[1].start_frame = 9;
    EXPECT_EQ(code_of(bad), Code::kInvalidArgument) << "overlapping";
    bad = good;
    bad[0].end_frame = 0;
    EXPECT_EQ(code_of(bad), Code::kInvalidArgument) << "empty";
    bad = good;
    bad[0].output = folder / "source.mp4";
    EXPECT_EQ(code_of(bad), Code::kInvalidArgument) << "onto the source";
    bad = good;
    bad[1].output = bad[0].output;
    EXPECT_EQ(code_of(bad), Code::kInvalidArgument) << "one output twice";
    bad = good;
    bad[0].output = folder / "no" / "a.mp4";
    EXPECT_EQ(code_of(bad), Code::kIo);
  }
  EXPECT_EQ(ReadNumbers(folder / "source.mp4").numbers.size(), 30U);
}

TEST(Split, APieceBeyondTheEndIsCorruptAndLeavesNoFile) {
  const TempFolder folder;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "source.mp4", {.frames = 30}));
  const auto done = SplitExact(folder / "source.mp4", {},
                               {{.start_frame = 20,
                                 .end_frame = 40,
                                 .start_s = 0.8,
                                 .end_s = 1.6,
                                 .output = folder / "late.mp4"}},
                               nullptr);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kCorrupt);
  EXPECT_THAT(done.error().Text(), HasSubstr("10 of the 20 frames"));
  EXPECT_EQ(test::FilesIn(folder.path()), 1);
}

TEST(Split, CancelledLeavesNoFile) {
  const TempFolder folder;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "source.mp4", {.frames = 30}));
  const auto pieces = PiecesOf(ReadNumbers(folder / "source.mp4").times, {0, 30}, folder);
  base::CancelToken cancel;
  cancel.Cancel();
  EXPECT_EQ(SplitExact(folder / "source.mp4", {}, pieces, &cancel).error().code, Code::kCancelled);
  EXPECT_EQ(SplitCopy(folder / "source.mp4", {}, pieces, &cancel).error().code, Code::kCancelled);
  EXPECT_EQ(test::FilesIn(folder.path()), 1);
}

TEST(Split, AFullDiskIsIo) {
  const TempFolder folder;
  ASSERT_TRUE(test::WriteNumberedClip(folder / "source.mp4", {.frames = 60}));
  const auto pieces = PiecesOf(ReadNumbers(folder / "source.mp4").times, {0, 60}, folder);
  const test::SmallDisk disk(3000);
  EXPECT_EQ(SplitExact(folder / "source.mp4", {}, pieces, nullptr).error().code, Code::kIo);
  EXPECT_EQ(SplitCopy(folder / "source.mp4", {}, pieces, nullptr).error().code, Code::kIo);
  EXPECT_EQ(test::FilesIn(folder.path()), 1);
}

TEST(Split, AMissingSourceIsIo) {
  const TempFolder folder;
  const auto pieces = PiecesOf({0, 1}, {0, 1}, folder);
  EXPECT_EQ(SplitExact(folder / "none.mp4", {}, pieces, nullptr).error().code, Code::kIo);
  EXPECT_EQ(SplitCopy(folder / "none.mp4", {}, pieces, nullptr).error().code, Code::kIo);
}

}  // namespace
}  // namespace reelbatch::media
