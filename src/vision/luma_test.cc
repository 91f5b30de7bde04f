#include "vision/luma.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "vision/fixture_planes.h"

namespace reelbatch::vision {
namespace {

using fixture::SyntheticPlane;

// The definition, a sample at a time: every source sample weighs as much as the part of it inside.
uint8_t AreaMean(const image::Plane<uint8_t>& in, Size size, int x, int y) {
  const auto overlap = [](int source, int target, int i, int s) {
    const int64_t begin = std::max(int64_t{i} * source, int64_t{s} * target);
    const int64_t end = std::min(int64_t{i + 1} * source, int64_t{s + 1} * target);
    return std::max<int64_t>(0, end - begin);
  };
  int64_t sum = 0;
  for (int sy = 0; sy < in.height(); ++sy) {
    for (int sx = 0; sx < in.width(); ++sx) {
      sum += overlap(in.height(), size.height, y, sy) * overlap(in.width(), size.width, x, sx) *
             int64_t{in.row(sy)[sx]};
    }
  }
  const int64_t area = int64_t{in.width()} * in.height();
  return static_cast<uint8_t>((2 * sum + area) / (2 * area));
}

TEST(FitMaxSide, KeepsTheAspectAndNeverEnlarges) {
  EXPECT_EQ(FitMaxSide(1280, 720, 512), (Size{512, 288}));
  EXPECT_EQ(FitMaxSide(404, 720, 320), (Size{180, 320}));
  EXPECT_EQ(FitMaxSide(320, 180, 512), (Size{320, 180}));
  EXPECT_EQ(FitMaxSide(512, 512, 512), (Size{512, 512}));
}

TEST(FitMaxSide, HasAtLeastThreeWhereTheSourceDoes) {
  EXPECT_EQ(FitMaxSide(10000, 5, 320), (Size{320, 3}));
  EXPECT_EQ(FitMaxSide(10000, 2, 320), (Size{320, 2}));
  EXPECT_EQ(FitMaxSide(1, 1, 320), (Size{1, 1}));
  EXPECT_EQ(FitMaxSide(0, 0, 320), (Size{0, 0}));
  EXPECT_EQ(FitMaxSide(640, 360, 1), (Size{3, 3}));
}

TEST(ResizeArea, IsWithinOneLevelOfOpenCv) {
  for (auto& line : fixture::Lines("area.txt")) {
    const int width = fixture::Next<int>(line);
    const int height = fixture::Next<int>(line);
    const auto plane = SyntheticPlane(width, height, fixture::Next<std::string>(line));
    const int to_width = fixture::Next<int>(line);
    const int to_height = fixture::Next<int>(line);
    const int count = fixture::Next<int>(line);
    image::Plane<uint8_t> out;
    ResizeArea(plane.view(), {.width = to_width, .height = to_height}, out);
    ASSERT_EQ(out.width(), to_width);
    ASSERT_EQ(out.height(), to_height);
    for (int i = 0; i < count; ++i) {
      const int at = i * (to_width * to_height) / count;
      const int sample = out.row(at / to_width)[at % to_width];
      EXPECT_NEAR(sample, fixture::Next<int>(line), 1) << line.str().substr(0, 40) << " at " << at;
    }
  }
}

TEST(ResizeArea, IsTheDefinitionAtEverySmallSize) {
  LumaScaler scaler;
  image::Plane<uint8_t> out;
  for (int width = 1; width <= 40; width += 3) {
    for (int height = 1; height <= 40; height += 6) {
      const auto plane = SyntheticPlane(width, height, "noise:5:0:0:0");
      for (const Size size :
           {Size{1, 1}, Size{width, height}, Size{(width + 1) / 2, (height + 2) / 3},
            Size{std::max(1, width - 1), std::max(1, height - 1)}, Size{width + 2, height}}) {
        scaler.Resize(plane.view(), size, out);
        for (int y = 0; y < size.height; ++y) {
          for (int x = 0; x < size.width; ++x) {
            // A mean of exactly n + 1/2 may fall to either side in floating point.
            ASSERT_NEAR(out.row(y)[x], AreaMean(plane, size, x, y), 1)
                << width << "x" << height << " to " << size.width << "x" << size.height;
          }
        }
      }
    }
  }
}

TEST(ResizeArea, KeepsFlatPlanesFlat) {
  LumaScaler scaler;
  image::Plane<uint8_t> out;
  for (const int level : {0, 1, 127, 254, 255}) {
    const auto plane = SyntheticPlane(1279, 719, "flat:" + std::to_string(level) + ":0:0:0");
    scaler.Resize(plane.view(), {.width = 511, .height = 287}, out);
    EXPECT_TRUE(
        fixture::Same(out, SyntheticPlane(511, 287, "flat:" + std::to_string(level) + ":0:0:0")));
  }
}

TEST(ResizeArea, SeesNoAlignmentAndLeavesPaddingAlone) {
  const auto plane = SyntheticPlane(161, 91, "texture:3:0:0:20");
  const fixture::OffsetCopy copy(plane.view());
  image::Plane<uint8_t> aligned;
  image::Plane<uint8_t> out(77, 31);
  for (int y = 0; y < 31; ++y) std::fill(out.row(y) + 77, out.row(y) + out.stride(), uint8_t{0x5A});
  ResizeArea(plane.view(), {.width = 77, .height = 31}, aligned);
  ResizeArea(copy.view(), {.width = 77, .height = 31}, out);
  EXPECT_TRUE(fixture::Same(out, aligned));
  for (int y = 0; y < 31; ++y) {
    EXPECT_TRUE(std::all_of(out.row(y) + 77, out.row(y) + out.stride(),
                            [](uint8_t s) { return s == 0x5A; }));
  }
}

TEST(ResizeArea, GivesAnEmptyPlaneForNothing) {
  image::Plane<uint8_t> out(4, 4);
  ResizeArea({}, {.width = 3, .height = 3}, out);
  EXPECT_TRUE(out.view().empty());
  ResizeArea(SyntheticPlane(8, 8, "flat:9:0:0:0").view(), {.width = 0, .height = 3}, out);
  EXPECT_TRUE(out.view().empty());
}

TEST(LumaScaler, KeepsItsMemoryFromFrameToFrame) {
  LumaScaler scaler;
  image::Plane<uint8_t> out;
  const auto first = SyntheticPlane(640, 360, "texture:1:0:0:0");
  const auto second = SyntheticPlane(640, 360, "texture:2:0:0:0");
  scaler.Resize(first.view(), {.width = 512, .height = 288}, out);
  const uint8_t* const memory = out.row(0);
  scaler.Resize(second.view(), {.width = 512, .height = 288}, out);
  EXPECT_EQ(out.row(0), memory);
  image::Plane<uint8_t> fresh;
  ResizeArea(second.view(), {.width = 512, .height = 288}, fresh);
  EXPECT_TRUE(fixture::Same(out, fresh));
}

TEST(DownscaleLuma, ExpandsLimitedRange) {
  image::Plane<uint8_t> y(6, 1);
  const std::array<uint8_t, 6> samples = {0, 16, 17, 126, 235, 255};
  std::ranges::copy(samples, y.row(0));
  image::Plane<uint8_t> out;
  DownscaleLuma({.y = y.view(), .u = {}, .v = {}}, {.width = 6, .height = 1}, out);
  const std::array<uint8_t, 6> expanded = {0, 0, 1, 128, 255, 255};
  EXPECT_TRUE(std::equal(expanded.begin(), expanded.end(), out.row(0)));
  DownscaleLuma({.y = y.view(), .u = {}, .v = {}, .full_range = true}, {.width = 6, .height = 1},
                out);
  EXPECT_TRUE(std::equal(samples.begin(), samples.end(), out.row(0)));
}

TEST(DownscaleLuma, IsWithinTwoLevelsOfOpenCvsGray) {
  for (auto& line : fixture::Lines("gray.txt")) {
    const int width = fixture::Next<int>(line);
    const int height = fixture::Next<int>(line);
    const bool full_range = fixture::Next<int>(line) != 0;
    const auto spec = "texture:" + fixture::Next<std::string>(line) + ":0:0:10";
    auto plane = SyntheticPlane(width, height, spec);
    for (int y = 0; y < height; ++y) {
      std::transform(plane.row(y), plane.row(y) + width, plane.row(y),
                     [](uint8_t s) { return static_cast<uint8_t>(48 + s / 2); });
    }
    image::Plane<uint8_t> out;
    DownscaleLuma({.y = plane.view(), .u = {}, .v = {}, .full_range = full_range},
                  {.width = width, .height = height}, out);
    const int count = fixture::Next<int>(line);
    for (int i = 0; i < count; ++i) {
      const int at = i * (width * height) / count;
      const int row = at / width;
      EXPECT_NEAR(out.row(row)[at % width], fixture::Next<int>(line), 2);
    }
  }
}

}  // namespace
}  // namespace reelbatch::vision
