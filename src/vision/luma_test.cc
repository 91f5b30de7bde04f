#include "vision/luma.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "vision/every_target.h"
#include "vision/fixture_planes.h"
#include "vision/luma_ref.h"

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

class LumaOn : public EveryTarget {};
INSTANTIATE_TEST_SUITE_P(Targets, LumaOn, AllTargets(), TargetName);

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

TEST_P(LumaOn, IsWithinOneLevelOfOpenCv) {
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

TEST_P(LumaOn, IsTheDefinitionAtEverySmallSize) {
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
            ASSERT_EQ(out.row(y)[x], AreaMean(plane, size, x, y))
                << width << "x" << height << " to " << size.width << "x" << size.height;
          }
        }
      }
    }
  }
}

TEST_P(LumaOn, KeepsFlatPlanesFlat) {
  LumaScaler scaler;
  image::Plane<uint8_t> out;
  for (const int level : {0, 1, 127, 254, 255}) {
    const auto plane = SyntheticPlane(1279, 719, "flat:" + std::to_string(level) + ":0:0:0");
    scaler.Resize(plane.view(), {.width = 511, .height = 287}, out);
    EXPECT_TRUE(
        fixture::Same(out, SyntheticPlane(511, 287, "flat:" + std::to_string(level) + ":0:0:0")));
  }
}

TEST_P(LumaOn, SeesNoAlignmentAndLeavesPaddingAlone) {
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

TEST_P(LumaOn, GivesAnEmptyPlaneForNothing) {
  image::Plane<uint8_t> out(4, 4);
  ResizeArea({}, {.width = 3, .height = 3}, out);
  EXPECT_TRUE(out.view().empty());
  ResizeArea(SyntheticPlane(8, 8, "flat:9:0:0:0").view(), {.width = 0, .height = 3}, out);
  EXPECT_TRUE(out.view().empty());
}

TEST_P(LumaOn, KeepsItsMemoryFromFrameToFrame) {
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

struct Kind {
  Size source;
  Size target;
};

class LumaTwin : public EveryTarget {
 protected:
  // Through an unaligned copy, into a plane whose padding is watched.
  void Compare(const image::Plane<uint8_t>& plane, Size size) {
    const fixture::OffsetCopy copy(plane.view());
    for (const bool full_range : {false, true}) {
      out_.Reset(size.width, size.height);
      for (int y = 0; y < size.height; ++y) std::fill_n(out_.row(y), out_.stride(), uint8_t{0x5A});
      scaler_.Downscale({.y = copy.view(), .u = {}, .v = {}, .full_range = full_range}, size, out_);
      ResizeLumaRef(plane.view(), size, !full_range, expected_);
      ASSERT_TRUE(fixture::Same(out_, expected_))
          << plane.width() << "x" << plane.height() << " to " << size.width << "x" << size.height;
      for (int y = 0; y < size.height; ++y) {
        ASSERT_TRUE(std::all_of(out_.row(y) + size.width, out_.row(y) + out_.stride(),
                                [](uint8_t s) { return s == 0x5A; }));
      }
    }
  }

  LumaScaler scaler_;
  image::Plane<uint8_t> out_;
  image::Plane<uint8_t> expected_;
};
INSTANTIATE_TEST_SUITE_P(Targets, LumaTwin, AllTargets(), TargetName);

TEST_P(LumaTwin, GivesThePlaneOfEverySize) {
  for (int side = 1; side <= 130; ++side) {
    const int other = 131 - side;
    const auto plane = SyntheticPlane(side, other, "noise:5:0:0:0");
    for (const Size size : {Size{side, other}, Size{(side + 1) / 2, (other + 2) / 3},
                            Size{std::max(1, side - 1), std::max(1, other - 1)}, Size{1, other},
                            Size{side, 1}, Size{side + 9, other + 2}}) {
      ASSERT_NO_FATAL_FAILURE(Compare(plane, size));
    }
  }
}

TEST_P(LumaTwin, GivesThePlaneOfRealSizes) {
  for (const auto& [source, size] :
       {Kind{{1280, 720}, {512, 288}}, Kind{{1920, 1080}, {512, 288}}, Kind{{854, 480}, {320, 180}},
        // Rows and columns without a common divisor: sums of 17 bits and more.
        Kind{{1279, 719}, {511, 287}}, Kind{{401, 2003}, {97, 500}}}) {
    for (const char* spec : {"noise:5:0:0:0", "flat:255:0:0:0", "flat:0:0:0:0", "blocks:2:0:0:9"}) {
      ASSERT_NO_FATAL_FAILURE(Compare(SyntheticPlane(source.width, source.height, spec), size));
    }
  }
}

TEST_P(LumaTwin, GivesThePlaneBeyondWhatVectorsHold) {
  // An area of over 2^23, and a side of over 2^15.
  ASSERT_NO_FATAL_FAILURE(Compare(SyntheticPlane(4093, 2053, "flat:255:0:0:0"), {31, 17}));
  ASSERT_NO_FATAL_FAILURE(Compare(SyntheticPlane(33000, 2, "noise:1:0:0:0"), {320, 2}));
}

TEST_P(LumaTwin, RoundsHalvesUpwards) {
  // 7 x 7 to one: an area whose reciprocal is no float, and sums next to every half.
  for (int level = 0; level < 255; ++level) {
    image::Plane<uint8_t> plane(7, 7);
    for (int y = 0; y < 7; ++y) std::fill_n(plane.row(y), 7, static_cast<uint8_t>(level));
    for (int i = 0; i < 25; ++i) {
      ASSERT_NO_FATAL_FAILURE(Compare(plane, {1, 1}));
      ++plane.row(i / 7)[i % 7];
    }
  }
}

TEST_P(LumaTwin, ExpandsEveryLevel) {
  image::Plane<uint8_t> plane(256, 2);
  for (int x = 0; x < 256; ++x) plane.row(0)[x] = plane.row(1)[x] = static_cast<uint8_t>(x);
  ASSERT_NO_FATAL_FAILURE(Compare(plane, {256, 2}));
  ASSERT_NO_FATAL_FAILURE(Compare(plane, {256, 1}));
}

TEST_P(LumaOn, ExpandsLimitedRange) {
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

TEST_P(LumaOn, IsWithinTwoLevelsOfOpenCvsGray) {
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
