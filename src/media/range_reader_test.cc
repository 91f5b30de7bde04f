#include "media/range_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

using testing::HasSubstr;
using testing_clips::ReadVideo;
using testing_clips::TempFolder;

constexpr double kRangeS = 0.8;
// 100 frames that move, a keyframe every 12 and at the cut in the middle.
std::string Source(const std::string& filter = "") {
  return "-f lavfi -i testsrc2=s=96x64:r=25:d=2 -f lavfi -i mandelbrot=s=96x64:r=25 "
         "-filter_complex \"[1]trim=duration=2[b];[0][b]concat,format=yuv420p" +
         filter + "\" ";
}

struct Joined {
  contracts::Timeline timeline;
  std::vector<std::string> samples;
  contracts::DecodeReport report;
  std::string failure;
};

/// Every range by `readers` readers that take turns, put together.
Joined ReadRanges(const std::filesystem::path& path, const ReaderOptions& options,
                  const RangePlan& plan, size_t readers) {
  Joined joined;
  std::vector<std::unique_ptr<RangeReader>> all;
  for (size_t i = 0; i < readers; ++i) all.push_back(OpenRangeReader(path, options).value());
  RangeJoin join(plan);
  bool interlaced = false;
  uint32_t expected_sum = 0;
  for (size_t r = 0; r < plan.ranges.size(); ++r) {
    RangeReader& reader = *all[r % readers];
    if (const auto begun = reader.Begin(plan.ranges[r]); !begun) {
      joined.failure = begun.error().Text();
      return joined;
    }
    while (true) {
      const auto frame = reader.Next();
      if (!frame) {
        joined.failure = frame.error().Text();
        return joined;
      }
      if (*frame == nullptr) break;
      if (r > 0 && (*frame)->index == 0) {
        EXPECT_EQ(reader.PictureSum(), expected_sum) << "range " << r;
        continue;  // the range before gave it
      }
      expected_sum = reader.PictureSum();
      const image::FrameStamp stamp = join.Stamp((*frame)->pts_s);
      joined.timeline.frame_indices.push_back(stamp.index);
      joined.timeline.pts_s.push_back(stamp.pts_s);
      joined.samples.push_back(testing_clips::SamplesOf((*frame)->view));
    }
    interlaced = interlaced || reader.interlaced();
  }
  auto report = join.Finish(interlaced);
  if (!report) joined.failure = report.error().Text();
  if (report) joined.report = *report;
  return joined;
}

struct RangeCase {
  const char* name;
  const char* encoder;
  ReaderOptions options = {};
  const char* filter = "";
};

void PrintTo(const RangeCase& test, std::ostream* out) { *out << test.name; }

class Ranges : public testing::TestWithParam<RangeCase> {};

TEST_P(Ranges, GiveTheFramesOfTheWholeVideo) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(Source(GetParam().filter) + GetParam().encoder, "clip.mp4");
  const ReaderOptions& options = GetParam().options;
  const auto plan = PlanRanges(path, options, kRangeS);
  ASSERT_TRUE(plan) << plan.error().Text();
  ASSERT_GE(plan->ranges.size(), 3U);
  const auto whole = ReadVideo(path, options, true);
  ASSERT_EQ(whole.failure, "");
  for (const size_t readers : {size_t{1}, size_t{3}}) {
    const Joined joined = ReadRanges(path, options, *plan, readers);
    EXPECT_EQ(joined.failure, "");
    EXPECT_EQ(joined.timeline.frame_indices, whole.timeline.frame_indices);
    EXPECT_EQ(joined.timeline.pts_s, whole.timeline.pts_s);
    EXPECT_TRUE(joined.samples == whole.samples);
    EXPECT_EQ(joined.report.vfr, whole.report.vfr);
    EXPECT_EQ(joined.report.interlaced, whole.report.interlaced);
    EXPECT_EQ(joined.report.frames_decoded, whole.report.frames_decoded);
    EXPECT_EQ(joined.report.frames_expected, whole.report.frames_expected);
    EXPECT_FALSE(whole.report.truncated);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Ranges,
    testing::Values(
        RangeCase{"closed", "-c:v libx264 -g 12 -bf 3"},
        RangeCase{"no_b_frames", "-c:v libx264 -g 12 -bf 0"},
        RangeCase{"no_loop_filter", "-c:v libx264 -g 12 -crf 35", {.skip_loop_filter = true}},
        RangeCase{"frame_threads", "-c:v libx264 -g 12", {.threads = 3}},
        RangeCase{"ten_bits", "-c:v libx264 -pix_fmt yuv420p10le -g 12"},
        RangeCase{"scaled", "-c:v libx264 -g 12", {.sampling = {.analysis_width = 48}}},
        RangeCase{"late_start", "-c:v libx264 -g 12 -bf 3 -output_ts_offset 7"},
        RangeCase{"variable_rate",
                  "-fps_mode vfr -c:v libx264 -g 12",
                  {},
                  ",setpts=(N+0.3*mod(N\\,3))/25/TB"},
        RangeCase{"hevc_open", "-c:v libx265 -x265-params log-level=none:keyint=12:open-gop=1"},
        RangeCase{"vp9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12"},
        RangeCase{"mpeg4", "-c:v mpeg4 -g 12 -bf 2"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(RangesOf, AVideoThatCannotBeEnteredAreNotPlanned) {
  const TempFolder folder;
  const auto ranges = [&](const std::string& arguments, const char* name,
                          const ReaderOptions& options) {
    return PlanRanges(folder.Ffmpeg(Source() + arguments, name), options, kRangeS)->ranges.size();
  };
  EXPECT_LT(ranges("-c:v libx264 -g 1000 -sc_threshold 0", "one_key.mp4", {}), 2U);
  EXPECT_LT(ranges("-c:v libx264 -g 12", "uncounted.ts", {}), 2U);
  EXPECT_LT(ranges("-c:v libx264 -g 12", "uncounted.mkv", {}), 2U);
  EXPECT_LT(ranges("-c:v libx264 -g 12", "cut.mp4", {.sampling = {.start_s = 1}}), 2U);
  EXPECT_LT(ranges("-c:v libx264 -g 12", "slow.mp4", {.sampling = {.analysis_fps = 5}}), 2U);
}

TEST(RangesOf, ADamagedVideoAreRefused) {
  const TempFolder folder;
  const auto sound = folder.Ffmpeg(Source() + "-c:v libx264 -g 12", "clip.mp4");
  std::string bytes = testing_clips::ReadAll(sound);
  const size_t data = bytes.find("mdat");
  bytes.replace((data + bytes.size()) / 2, 600, std::string(600, '\xff'));
  const auto path = folder.Write("damaged.mp4", bytes);
  ASSERT_GT(ReadVideo(path).report.decode_errors, 0);
  const auto plan = PlanRanges(path, {}, kRangeS);
  ASSERT_TRUE(plan);
  EXPECT_NE(ReadRanges(path, {}, *plan, 1).failure, "");
}

TEST(RangesOf, AnOpenGopThatTheDecoderComplainsOfAreRefused) {
  const TempFolder folder;
  const auto path = folder.Ffmpeg(
      Source() + "-c:v libx264 -g 12 -bf 5 -x264-params open-gop=1:b-pyramid=2", "open.mp4");
  const auto plan = PlanRanges(path, {}, kRangeS);
  ASSERT_TRUE(plan);
  EXPECT_THAT(ReadRanges(path, {}, *plan, 1).failure, HasSubstr("is damaged: h264"));
}

TEST(RangesOf, ATrimmedVideoAreNotPlanned) {
  const TempFolder folder;
  const auto whole = folder.Ffmpeg(Source() + "-c:v libx264 -g 12 -bf 2", "whole.mp4");
  // Copied from between two keyframes: an edit list hides the frames before.
  const auto path = folder.Ffmpeg("-ss 0.6 -i " + whole.string() + " -c copy", "trimmed.mp4");
  ASSERT_LT(ReadVideo(path).timeline.size(), 100U);
  EXPECT_LT(PlanRanges(path, {}, kRangeS)->ranges.size(), 2U);
}

TEST(RangesOf, AMissingFileIsAnError) {
  EXPECT_FALSE(PlanRanges("/nowhere.mp4", {}, kRangeS));
  EXPECT_FALSE(OpenRangeReader("/nowhere.mp4", {}));
}

}  // namespace
}  // namespace reelbatch::media
