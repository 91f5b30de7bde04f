// The signals on frames of real clips, against OpenCV and scikit-image
// (tests/fixtures/vision/real_pairs.txt).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "vision/farneback.h"
#include "vision/fixture_planes.h"
#include "vision/forced_simd.h"
#include "vision/histogram.h"
#include "vision/ssim.h"

namespace reelbatch::vision {
namespace {

namespace fs = std::filesystem;

struct RealPair {
  std::string clip;
  int width = 0;
  int height = 0;
  int box = 1;
  int first = 0;
  int second = 0;

  explicit RealPair(std::istringstream& line)
      : clip(fixture::Next<std::string>(line)),
        width(fixture::Next<int>(line)),
        height(fixture::Next<int>(line)),
        box(fixture::Next<int>(line)),
        first(fixture::Next<int>(line)),
        second(fixture::Next<int>(line)) {}
};

// The luma planes of the two frames as the ffmpeg program decodes them, one after the other.
std::vector<uint8_t> DecodeLuma(const RealPair& pair, const fs::path& clips) {
  const std::string command = "ffmpeg -v error -nostdin -i '" + (clips / pair.clip).string() +
                              "' -map 0:v:0 -vf \"select='eq(n," + std::to_string(pair.first) +
                              ")+eq(n," + std::to_string(pair.second) + ")',extractplanes=y\"" +
                              " -fps_mode passthrough -frames:v 2 -f rawvideo -";
  std::vector<uint8_t> samples(
      size_t{2} * static_cast<size_t>(pair.width) * static_cast<size_t>(pair.height) + 1);
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  const size_t count = fread(samples.data(), 1, samples.size(), pipe);
  if (pclose(pipe) != 0) return {};
  samples.resize(count);
  return samples;
}

// Mean of box x box samples, rounded half up; what does not fill a box is left out.
image::Plane<uint8_t> BoxShrink(image::ImageView<uint8_t> in, int box) {
  image::Plane<uint8_t> out(in.width / box, in.height / box);
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      int sum = box * box / 2;
      for (int by = 0; by < box; ++by) {
        for (int bx = 0; bx < box; ++bx) sum += in.row(y * box + by)[x * box + bx];
      }
      out.row(y)[x] = static_cast<uint8_t>(sum / (box * box));
    }
  }
  return out;
}

TEST(RealPairs, SignalsEqualOpenCvAndScikitImage) {
  const fs::path clips = fs::path(REELBATCH_SHARED_DATA) / "clips";
  if (!fs::is_directory(clips))
    GTEST_SKIP() << clips << " is not here: real frames are not compared";
  Ssim ssim;
  FarnebackFlow flow;
  for (auto& line : fixture::Lines("real_pairs.txt")) {
    SCOPED_TRACE(line.str());
    const RealPair pair(line);
    const std::vector<uint8_t> samples = DecodeLuma(pair, clips);
    const size_t plane = static_cast<size_t>(pair.width) * static_cast<size_t>(pair.height);
    ASSERT_EQ(samples.size(), 2 * plane);
    image::ImageView<uint8_t> view{
        .data = samples.data(), .width = pair.width, .height = pair.height, .stride = pair.width};
    const auto a = BoxShrink(view, pair.box);
    view.data += plane;
    const auto b = BoxShrink(view, pair.box);
    const auto distance = fixture::Next<double>(line);
    const auto by_range = fixture::Next<double>(line);
    const auto by_255 = fixture::Next<double>(line);
    const auto magnitude = fixture::Next<double>(line);
    for (const std::string_view target : SimdNames()) {
      SCOPED_TRACE(target);
      const ForcedSimd forced(target);
      EXPECT_NEAR(HistogramL1(HistogramOf(a.view()), HistogramOf(b.view())), distance, 1e-6);
      EXPECT_NEAR(ssim(a.view(), b.view(), SsimRange::kSecondFrame), by_range, 1e-4);
      EXPECT_NEAR(ssim(a.view(), b.view(), SsimRange::k255), by_255, 1e-4);
      flow.Reset();
      flow.Push(a.view());
      ASSERT_TRUE(flow.Push(b.view()));
      EXPECT_NEAR(flow.mean_magnitude(), magnitude, std::max(0.01, 0.01 * magnitude));
    }
  }
}

}  // namespace
}  // namespace reelbatch::vision
