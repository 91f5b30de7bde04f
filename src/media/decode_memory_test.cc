#include "media/decode_memory.h"

#include <gtest/gtest.h>

#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

contracts::VideoInfo H264(int width, int height, int level) {
  contracts::VideoInfo info;
  info.codec = "h264";
  info.pixel_format = "yuv420p";
  info.width = width;
  info.height = height;
  info.reference_frames = ReferenceFrames(AV_CODEC_ID_H264, level, width, height);
  return info;
}

TEST(ReferenceFrames, FollowsTheLevelTables) {
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_H264, 31, 1280, 720), 5);
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_H264, 40, 1920, 1080), 4);
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_H264, 50, 1280, 720), 16);
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_H264, -99, 1920, 1080), 4);
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_H264, 10, 1920, 1080), 1);
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_HEVC, 120, 1920, 1080), 6);
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_HEVC, 120, 640, 360), 16);
  EXPECT_EQ(ReferenceFrames(AV_CODEC_ID_VP9, 0, 640, 360), 8);
}

// The lower bounds are what real clips of these kinds took (resident memory above an idle process).
TEST(EstimateDecodeBytes, IsAboveWhatWasMeasuredAndNotFarAbove) {
  const auto hd = EstimateDecodeBytes(H264(1280, 720, 31), {}, 1, 0);
  EXPECT_GT(hd, 17 * kMiB);
  EXPECT_LT(hd, 25 * kMiB);  // 16 at once stay below 400 MiB
  EXPECT_GT(EstimateDecodeBytes(H264(1280, 720, 50), {}, 1, 0), 37 * kMiB);
  EXPECT_GT(EstimateDecodeBytes(H264(1280, 720, 31), {}, 2, 0), 23 * kMiB);
  EXPECT_GT(EstimateDecodeBytes(H264(1920, 1080, 40), {}, 1, 0), 25 * kMiB);
  EXPECT_GT(EstimateDecodeBytes(H264(1920, 1080, 40), {}, 2, 0), 38 * kMiB);
}

TEST(EstimateDecodeBytes, CountsTheFramesThatAreKept) {
  constexpr int64_t kFrame = int64_t{1280} * 720 * 3 / 2;
  const contracts::VideoInfo hd = H264(1280, 720, 31);
  const int64_t more = EstimateDecodeBytes(hd, {}, 2, 4) - EstimateDecodeBytes(hd, {}, 2, 0);
  EXPECT_GE(more, 4 * kFrame);
  const std::vector<FrameRequest> small{{.sampling = {.analysis_width = 320}}};
  EXPECT_LE(EstimateDecodeBytes(hd, small, 2, 4) - EstimateDecodeBytes(hd, small, 2, 0), kFrame);
}

TEST(EstimateDecodeBytes, CountsThePlanesOfEveryRequestOnce) {
  constexpr int64_t kSmall = int64_t{320} * 180 * 3;
  const contracts::VideoInfo hd = H264(1280, 720, 31);
  const FrameRequest whole;
  const FrameRequest small{.sampling = {.analysis_width = 320}};
  const FrameRequest seldom{.sampling = {.analysis_fps = 2, .analysis_width = 320}};
  const FrameRequest pictures{.sampling = {}, .thumbnail = FrameSize{48, 27}};
  const auto bytes = [&](const std::vector<FrameRequest>& requests, int kept) {
    return EstimateDecodeBytes(hd, requests, 1, kept);
  };
  EXPECT_EQ(bytes({whole}, 0), bytes({}, 0));
  EXPECT_EQ(bytes({whole, small}, 0), bytes({whole}, 0) + kSmall);
  EXPECT_EQ(bytes({whole, small, seldom}, 0), bytes({whole, small}, 0)) << "one scaler for both";
  EXPECT_EQ(bytes({whole, pictures}, 0), bytes({whole}, 0) + 48 * 27 * 3);
  EXPECT_EQ(bytes({whole, small}, 4) - bytes({whole, small}, 0),
            bytes({whole}, 4) - bytes({whole}, 0) + 4 * kSmall)
      << "frames that are kept hold all of it";
}

TEST(EstimateDecodeBytes, GrowsWithDepthAndSurvivesNonsense) {
  auto deep = H264(1280, 720, 31);
  deep.pixel_format = "yuv420p10le";
  deep.bit_depth = 10;
  EXPECT_GT(EstimateDecodeBytes(deep, {}, 1, 0),
            EstimateDecodeBytes(H264(1280, 720, 31), {}, 1, 0));
  EXPECT_GT(EstimateDecodeBytes({}, {}, 0, 0), 0);
}

}  // namespace
}  // namespace reelbatch::media
