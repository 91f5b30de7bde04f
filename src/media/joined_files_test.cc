#include "media/joined_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

using base::Code;
using contracts::Sampling;
using testing::AllOf;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;
using testing_clips::ReadAll;
using testing_clips::Reading;
using testing_clips::ReadVideo;
using testing_clips::SamplesOf;
using testing_clips::TempFolder;

using Paths = std::vector<std::filesystem::path>;

/// As ReadVideo(), of several files.
Reading ReadJoined(const Paths& files, const ReaderOptions& options = {}) {
  Reading reading;
  JoinedFiles joined(files);
  const auto probed = joined.Probe(options.sampling, nullptr);
  if (!probed) {
    reading.failure = probed.error().Text();
    reading.code = probed.error().code;
    return reading;
  }
  auto opened = joined.Open(options);
  if (!opened) {
    reading.failure = opened.error().Text();
    return reading;
  }
  const auto source = AsFrameSource(std::move(*opened));
  reading.info = source->info();
  std::vector<image::StampedFrame> kept;  // read at the last moment of their life
  while (true) {
    const auto frame = source->Next();
    if (!frame) {
      reading.failure = frame.error().Text();
      reading.code = frame.error().code;
      return reading;
    }
    if (*frame == nullptr) break;
    reading.timeline.frame_indices.push_back((*frame)->index);
    reading.timeline.pts_s.push_back((*frame)->pts_s);
    kept.push_back(**frame);
    reading.last = (*frame)->view;
    if (static_cast<int>(kept.size()) <= options.frames_kept) continue;
    reading.samples.push_back(SamplesOf(kept.front().view));
    kept.erase(kept.begin());
  }
  if (options.frames_kept == 0) {
    EXPECT_EQ(source->position_s(), reading.timeline.pts_s.empty() ? 0 : source->position_s());
  }
  reading.report = source->report();
  return reading;
}

std::string Source(const char* pattern, const char* rate = "25", const char* size = "64x48") {
  return std::string("-f lavfi -i ") + pattern + "=s=" + size + ":r=" + rate + ":d=0.4 ";
}

class Joined : public testing::Test {
 protected:
  /// Files of 10 frames, and one file of all their frames.
  void Make(const std::string& encoder, const std::string& extension) {
    std::string list;
    for (const char* pattern : {"testsrc2", "testsrc", "rgbtestsrc"}) {
      files_.push_back(folder_.Ffmpeg(Source(pattern) + encoder, pattern + extension));
      list += "file '" + files_.back().native() + "'\n";
    }
    const auto names = folder_.Write("list.txt", list);
    whole_ =
        folder_.Ffmpeg("-f concat -safe 0 -i " + names.string() + " -c copy", "whole" + extension);
  }

  TempFolder folder_;
  Paths files_;
  std::filesystem::path whole_;
};

TEST_F(Joined, GivesTheFramesOfAllInOneCount) {
  Make("-c:v ffv1 -pix_fmt yuv420p", ".mkv");
  const auto joined = ReadJoined(files_);
  const auto whole = ReadVideo(whole_, {}, true);
  ASSERT_EQ(joined.failure, "");
  EXPECT_EQ(joined.timeline.frame_indices, whole.timeline.frame_indices);
  EXPECT_THAT(joined.timeline.pts_s, Pointwise(DoubleNear(1e-3), whole.timeline.pts_s));
  EXPECT_TRUE(joined.samples == whole.samples);
  EXPECT_EQ(joined.report.frames_decoded, 30);
  EXPECT_EQ(joined.report.end_frame, 30);
  EXPECT_EQ(joined.report.decode_errors, 0);
  EXPECT_FALSE(joined.report.truncated);
  EXPECT_FALSE(joined.report.vfr);
  EXPECT_FALSE(joined.report.size_changed_at);
  ASSERT_EQ(joined.report.parts.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    const contracts::SourcePart& part = joined.report.parts[i];
    EXPECT_EQ(part.path, files_[i].native());
    EXPECT_EQ(part.first_frame, static_cast<int64_t>(10 * i));
    EXPECT_EQ(part.frames, 10);
    EXPECT_NEAR(part.start_s, 0.4 * static_cast<double>(i), 1e-9);
    EXPECT_EQ(part.info.codec, "ffv1");
  }
  EXPECT_NEAR(joined.info.duration_s.value_or(0), 1.2, 1e-3);
}

TEST_F(Joined, SamplesOverAllOfThem) {
  Make("-c:v ffv1 -pix_fmt yuv420p", ".mkv");
  const std::vector<Sampling> samplings = {
      {.analysis_fps = 10},
      {.analysis_fps = 3, .analysis_width = 32},
      {.start_s = 0.6},
      {.end_s = 0.4},
      {.end_s = 0.41},
      {.start_s = 0.5, .end_s = 1.0},
      {.analysis_fps = 7, .start_s = 0.3, .end_s = 1.1},
      {.start_s = 0.8},
      {.crop = contracts::CropRect{.x = 8, .y = 8, .width = 32, .height = 24}},
  };
  for (size_t i = 0; i < samplings.size(); ++i) {
    SCOPED_TRACE(i);
    const auto joined = ReadJoined(files_, {.sampling = samplings[i]});
    const auto whole = ReadVideo(whole_, {.sampling = samplings[i]}, true);
    ASSERT_EQ(joined.failure, "");
    EXPECT_EQ(joined.timeline.frame_indices, whole.timeline.frame_indices);
    EXPECT_TRUE(joined.samples == whole.samples);
    EXPECT_EQ(joined.report.end_frame, whole.report.end_frame);
    EXPECT_NEAR(joined.report.last_pts_s, whole.report.last_pts_s, 1e-3);
    EXPECT_EQ(joined.report.past_range_s.has_value(), whole.report.past_range_s.has_value());
    EXPECT_NEAR(joined.report.past_range_s.value_or(0), whole.report.past_range_s.value_or(0),
                1e-3);
  }
}

TEST_F(Joined, ListsTheFilesThatTheRangeReaches) {
  Make("-c:v ffv1 -pix_fmt yuv420p", ".mkv");
  const auto frames = [&](const Sampling& sampling) {
    std::vector<int64_t> counts;
    for (const auto& part : ReadJoined(files_, {.sampling = sampling}).report.parts)
      counts.push_back(part.frames);
    return counts;
  };
  EXPECT_THAT(frames({.end_s = 0.4}), ElementsAre(10));
  EXPECT_THAT(frames({.end_s = 0.48}), ElementsAre(10, 2));
  EXPECT_THAT(frames({.start_s = 1.0}), ElementsAre(10, 10, 10))
      << "what lies before the range is decoded, too";
}

TEST_F(Joined, KeepsFramesOverTheSeams) {
  Make("-c:v libx264 -bf 2 -pix_fmt yuv420p", ".mp4");
  const auto now = ReadJoined(files_);
  auto kept = ReadJoined(files_, {.threads = 2, .frames_kept = 4});
  kept.samples.resize(now.samples.size() - 4);
  const std::vector<std::string> expected(now.samples.begin(), now.samples.end() - 4);
  EXPECT_TRUE(kept.samples == expected);
  EXPECT_EQ(kept.timeline.pts_s, now.timeline.pts_s);
}

TEST_F(Joined, GoesOnWithTheClockOfTheFirst) {
  const auto one =
      folder_.Ffmpeg(Source("testsrc2") + "-c:v mpeg2video -output_ts_offset 5", "1.ts");
  const auto two = folder_.Ffmpeg(Source("testsrc") + "-c:v libx264 -output_ts_offset 90", "2.mkv");
  const auto joined = ReadJoined({one, two});
  ASSERT_EQ(joined.failure, "");
  const double first_s = ReadVideo(one).timeline.pts_s.front();
  ASSERT_GE(first_s, 5);
  std::vector<double> expected;
  for (int i = 0; i < 20; ++i) expected.push_back(first_s + 0.04 * i);
  EXPECT_THAT(joined.timeline.pts_s, Pointwise(DoubleNear(1e-3), expected));
  EXPECT_EQ(joined.report.repaired_pts, 0);
}

TEST_F(Joined, TakesTheGeometryOfTheFirst) {
  const auto one = folder_.Ffmpeg(Source("testsrc2") + "-c:v ffv1 -pix_fmt yuv420p", "1.mkv");
  const auto two =
      folder_.Ffmpeg(Source("testsrc2", "25", "128x96") + "-c:v ffv1 -pix_fmt yuv444p", "2.mkv");
  const auto joined = ReadJoined({one, two});
  ASSERT_EQ(joined.failure, "");
  EXPECT_EQ(joined.report.size_changed_at, 10);
  EXPECT_EQ(joined.last.y.width, 64);
  EXPECT_EQ(joined.last.u.width, 32);
  EXPECT_EQ(joined.info.width, 64);
  const auto scaled =
      ReadVideo(two, {.sampling = {.analysis_width = 64, .analysis_height = 48}}, true);
  EXPECT_EQ(joined.samples[15].substr(0, 64 * 48), scaled.samples[5].substr(0, 64 * 48)) << "luma";
  JoinedFiles files({one, two});
  const auto largest = files.Probe({}, nullptr);
  ASSERT_TRUE(largest);
  EXPECT_EQ(largest->width, 128) << "of the probe, for admission";
}

TEST_F(Joined, HasARateWhereAllAgree) {
  const auto make = [&](const char* rate, const std::string& name) {
    return folder_.Ffmpeg(Source("testsrc2", rate) + "-c:v ffv1", name);
  };
  const auto pal = make("25", "pal.mkv");
  const auto pal_too = make("25", "pal.mov");
  const auto film = make("24", "film.mkv");
  EXPECT_FALSE(ReadJoined({pal, pal_too}).report.vfr);
  EXPECT_TRUE(ReadJoined({pal, film}).report.vfr);
  EXPECT_EQ(ReadJoined({pal, film}).info.avg_fps.num, 0);
  EXPECT_EQ(ReadJoined({pal, film}).report.rate.num, 0);
  EXPECT_EQ(ReadJoined({pal, pal_too}).info.avg_fps, (contracts::Rational{25, 1}));
  const auto still =
      folder_.Ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25 -frames:v 1 -c:v ffv1", "still.mkv");
  EXPECT_FALSE(ReadJoined({pal, still, pal_too}).report.vfr) << "one frame fits any rate";
  EXPECT_EQ(ReadJoined({pal, still, pal_too}).timeline.size(), 21U);
}

TEST_F(Joined, AddsDamageUp) {
  const auto sound =
      folder_.Ffmpeg(Source("testsrc2") + "-c:v libx264 -g 5 -pix_fmt yuv420p", "sound.mkv");
  std::string bytes = ReadAll(folder_.Ffmpeg(
      Source("testsrc") + "-c:v libx264 -g 5 -b:v 900k -pix_fmt yuv420p", "damaged.mkv"));
  bytes.replace(bytes.size() / 2, 300, std::string(300, '\xff'));
  const auto damaged = folder_.Write("damaged.mkv", bytes);
  const auto alone = ReadVideo(damaged);
  ASSERT_GT(alone.report.decode_errors, 0);
  const auto joined = ReadJoined({sound, damaged, sound});
  ASSERT_EQ(joined.failure, "");
  EXPECT_EQ(joined.report.decode_errors, alone.report.decode_errors);
  EXPECT_EQ(joined.report.frames_decoded, 20 + alone.report.frames_decoded);
  EXPECT_EQ(joined.report.truncated, alone.report.truncated);
  ASSERT_EQ(joined.report.error_frames.size(), alone.report.error_frames.size());
  for (size_t i = 0; i < alone.report.error_frames.size(); ++i)
    EXPECT_EQ(joined.report.error_frames[i], 10 + alone.report.error_frames[i]);
  EXPECT_EQ(joined.report.first_error, "damaged.mkv: " + alone.report.first_error);
}

TEST_F(Joined, FailsAsAWholeWithTheNameOfTheFile) {
  const auto sound = folder_.Ffmpeg(Source("testsrc2") + "-c:v ffv1", "sound.mkv");
  const auto text = folder_.Write("text.mkv", "no video at all");
  const auto missing = folder_ / "missing.mkv";
  // The header is there, and no frame could be decoded.
  const auto mp4 =
      folder_.Ffmpeg(Source("testsrc2") + "-c:v libx264 -movflags +faststart", "a.mp4");
  std::string bytes = ReadAll(mp4);
  const size_t data = bytes.find("mdat") + 4;
  bytes.replace(data, bytes.size() - data, std::string(bytes.size() - data, '\0'));
  const auto hollow = folder_.Write("hollow.mp4", bytes);
  EXPECT_THAT(ReadJoined({sound, missing}).failure, HasSubstr("missing.mkv"));
  EXPECT_EQ(ReadJoined({sound, missing}).code, Code::kIo);
  EXPECT_THAT(ReadJoined({sound, text, sound}).failure, HasSubstr("text.mkv"));
  EXPECT_EQ(ReadJoined({sound, text, sound}).code, Code::kCorrupt);
  EXPECT_THAT(ReadJoined({sound, hollow}).failure,
              AllOf(HasSubstr("hollow.mp4"), HasSubstr("no frame could be decoded")));
  EXPECT_THAT(
      ReadJoined(
          {sound, sound},
          {.sampling = {.crop = contracts::CropRect{.x = 0, .y = 0, .width = 65, .height = 48}}})
          .failure,
      AllOf(HasSubstr("sound.mkv"), HasSubstr("the crop 0:0:65:48")));
}

TEST_F(Joined, OfOneFileIsThatFile) {
  const auto path =
      folder_.Ffmpeg(Source("testsrc2") + "-c:v libx264 -bf 2 -pix_fmt yuv420p", "a.mp4");
  const auto joined = ReadJoined({path});
  const auto alone = ReadVideo(path, {}, true);
  EXPECT_EQ(joined.timeline.pts_s, alone.timeline.pts_s);
  EXPECT_TRUE(joined.samples == alone.samples);
  EXPECT_EQ(joined.report.frames_expected, alone.report.frames_expected);
  EXPECT_EQ(joined.report.parts.size(), 1U);
}

}  // namespace
}  // namespace reelbatch::media
