#include "vision/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "vision/fixture_planes.h"

namespace reelbatch::vision {
namespace {

using fixture::SyntheticPlane;

int ChromaSide(int side, int shift) { return (side + (1 << shift) - 1) >> shift; }

// The definition, a pixel at a time in doubles.
int ValueAt(const image::FrameView& f, int x, int y) {
  const double kr = f.bt709 ? 0.2126 : 0.299;
  const double kb = f.bt709 ? 0.0722 : 0.114;
  double luma = f.y.row(y)[x];
  double cb = 0;
  double cr = 0;
  if (!f.gray()) {
    cb = f.u.row(y >> f.chroma_shift_y)[x >> f.chroma_shift_x] - 128.0;
    cr = f.v.row(y >> f.chroma_shift_y)[x >> f.chroma_shift_x] - 128.0;
  }
  if (!f.full_range) {
    luma = (luma - 16) * 255 / 219;
    cb *= 255.0 / 224;
    cr *= 255.0 / 224;
  }
  const double red = luma + 2 * (1 - kr) * cr;
  const double blue = luma + 2 * (1 - kb) * cb;
  const double green = (luma - kr * red - kb * blue) / (1 - kr - kb);
  return static_cast<int>(std::clamp(std::floor(std::max({red, green, blue}) + 0.5), 0.0, 255.0));
}

ValueHistogram Reference(const image::FrameView& frame) {
  ValueHistogram histogram{};
  for (int y = 0; y < frame.y.height; ++y) {
    for (int x = 0; x < frame.y.width; ++x)
      ++histogram[static_cast<size_t>(ValueAt(frame, x, y) / 8)];
  }
  return histogram;
}

uint64_t Total(const ValueHistogram& h) { return std::accumulate(h.begin(), h.end(), uint64_t{0}); }

TEST(HistogramL1, EqualsOpenCvOnSyntheticPairs) {
  for (auto& line : fixture::Lines("pairs.txt")) {
    const int width = fixture::Next<int>(line);
    const int height = fixture::Next<int>(line);
    const auto a = SyntheticPlane(width, height, fixture::Next<std::string>(line));
    const auto b = SyntheticPlane(width, height, fixture::Next<std::string>(line));
    const auto expected = fixture::Next<double>(line);
    EXPECT_NEAR(HistogramL1(HistogramOf(a.view()), HistogramOf(b.view())), expected, 1e-6)
        << line.str();
  }
}

TEST(ValueHistogram, EqualsNumPysRgbPath) {
  for (auto& line : fixture::Lines("value.txt")) {
    const int width = fixture::Next<int>(line);
    const int height = fixture::Next<int>(line);
    const int shift_x = fixture::Next<int>(line);
    const int shift_y = fixture::Next<int>(line);
    const bool full_range = fixture::Next<int>(line) != 0;
    const bool bt709 = fixture::Next<int>(line) != 0;
    const int seed = fixture::Next<int>(line);
    const int chroma_width = ChromaSide(width, shift_x);
    const int chroma_height = ChromaSide(height, shift_y);
    const auto y = SyntheticPlane(width, height, "texture:" + std::to_string(seed) + ":0:0:40");
    const auto u = SyntheticPlane(chroma_width, chroma_height,
                                  "texture:" + std::to_string(seed + 100) + ":0:0:9");
    const auto v = SyntheticPlane(chroma_width, chroma_height,
                                  "noise:" + std::to_string(seed + 200) + ":0:0:0");
    const auto histogram = ValueHistogramOf({.y = y.view(),
                                             .u = u.view(),
                                             .v = v.view(),
                                             .chroma_shift_x = shift_x,
                                             .chroma_shift_y = shift_y,
                                             .full_range = full_range,
                                             .bt709 = bt709});
    for (const uint32_t count : histogram)
      EXPECT_EQ(count, fixture::Next<uint32_t>(line)) << line.str();
  }
}

TEST(ValueHistogram, IsTheDefinitionAtEverySizeShiftAndColourSpace) {
  for (int width = 1; width <= 40; width += 3) {
    for (const int height : {1, 2, 5, 8}) {
      for (int mode = 0; mode < 36; ++mode) {
        const int shift_x = mode % 3;
        const int shift_y = mode / 3 % 3;
        const auto y = SyntheticPlane(width, height, "noise:1:0:0:0");
        const auto u = SyntheticPlane(ChromaSide(width, shift_x), ChromaSide(height, shift_y),
                                      "noise:2:0:0:0");
        const auto v = SyntheticPlane(u.width(), u.height(), "noise:3:0:0:0");
        const fixture::OffsetCopy off_y(y.view());
        const fixture::OffsetCopy off_u(u.view());
        const fixture::OffsetCopy off_v(v.view());
        const image::FrameView frame{.y = off_y.view(),
                                     .u = off_u.view(),
                                     .v = off_v.view(),
                                     .chroma_shift_x = shift_x,
                                     .chroma_shift_y = shift_y,
                                     .full_range = mode / 9 % 2 != 0,
                                     .bt709 = mode / 18 != 0};
        ASSERT_EQ(ValueHistogramOf(frame), Reference(frame))
            << width << "x" << height << " mode " << mode;
      }
    }
  }
}

TEST(ValueHistogram, ClampsExtremeColours) {
  for (const int luma : {0, 255}) {
    for (const int chroma : {0, 255}) {
      const auto y = SyntheticPlane(16, 16, "flat:" + std::to_string(luma) + ":0:0:0");
      const auto c = SyntheticPlane(8, 8, "flat:" + std::to_string(chroma) + ":0:0:0");
      for (const bool full_range : {false, true}) {
        const image::FrameView frame{
            .y = y.view(), .u = c.view(), .v = c.view(), .full_range = full_range};
        EXPECT_EQ(ValueHistogramOf(frame), Reference(frame));
        EXPECT_EQ(Total(ValueHistogramOf(frame)), 256U);
      }
    }
  }
}

TEST(ValueHistogram, TakesGrayFramesByTheirRange) {
  const auto y = SyntheticPlane(33, 7, "flat:16:0:0:0");
  EXPECT_EQ(ValueHistogramOf({.y = y.view(), .u = {}, .v = {}})[0], 33U * 7U);
  EXPECT_EQ(ValueHistogramOf({.y = y.view(), .u = {}, .v = {}, .full_range = true})[2], 33U * 7U);
}

TEST(HistogramL1, RunsFromZeroToTwo) {
  const auto dark = HistogramOf(SyntheticPlane(8, 8, "flat:0:0:0:0").view());
  const auto light = HistogramOf(SyntheticPlane(31, 3, "flat:255:0:0:0").view());
  EXPECT_EQ(HistogramL1(dark, dark), 0.0F);
  EXPECT_EQ(HistogramL1(dark, light), 2.0F);
}

TEST(HistogramL1, IsZeroWhereOneIsEmpty) {
  const auto full = HistogramOf(SyntheticPlane(8, 8, "flat:0:0:0:0").view());
  EXPECT_EQ(HistogramL1(full, HistogramOf({})), 0.0F);
  EXPECT_EQ(HistogramL1({}, {}), 0.0F);
}

}  // namespace
}  // namespace reelbatch::vision
