#include "vision/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "vision/every_target.h"
#include "vision/fixture_planes.h"
#include "vision/histogram_ref.h"

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

class ValueHistogramOn : public EveryTarget {};
INSTANTIATE_TEST_SUITE_P(Targets, ValueHistogramOn, AllTargets(), TargetName);

uint64_t Total(const ValueHistogram& h) { return std::accumulate(h.begin(), h.end(), uint64_t{0}); }

TEST_P(ValueHistogramOn, HasOpenCvsDistancesOnSyntheticPairs) {
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

TEST_P(ValueHistogramOn, EqualsNumPysRgbPath) {
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

TEST_P(ValueHistogramOn, IsTheDefinitionAtEverySizeShiftAndColourSpace) {
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

// At a fixed colour the bin never falls as luma rises, so that the histogram over all luma tells
// every bin.
TEST_P(ValueHistogramOn, PutsEveryColourIntoTheTwinsBin) {
  if (SimdIsScalar()) GTEST_SKIP() << "is the twin";
  image::Plane<uint8_t> y(256, 1);
  std::iota(y.row(0), y.row(0) + 256, uint8_t{0});
  image::Plane<uint8_t> u(128, 1);
  image::Plane<uint8_t> v(128, 1);
  for (int space = 0; space < 4; ++space) {
    for (int cb = 0; cb < 256; ++cb) {
      std::fill_n(u.row(0), 128, static_cast<uint8_t>(cb));
      for (int cr = 0; cr < 256; ++cr) {
        std::fill_n(v.row(0), 128, static_cast<uint8_t>(cr));
        const image::FrameView frame{.y = y.view(),
                                     .u = u.view(),
                                     .v = v.view(),
                                     .full_range = space / 2 != 0,
                                     .bt709 = space % 2 != 0};
        ASSERT_EQ(ValueHistogramOf(frame), ValueHistogramOfRef(frame))
            << "space " << space << " cb " << cb << " cr " << cr;
      }
    }
  }
}

TEST_P(ValueHistogramOn, CountsTheTwinsBinsAtEveryWidth) {
  const auto y = SyntheticPlane(4500, 3, "noise:1:0:0:0");
  const auto u = SyntheticPlane(4500, 3, "noise:2:0:0:0");
  const auto v = SyntheticPlane(4500, 3, "noise:3:0:0:0");
  const auto cut = [](const image::Plane<uint8_t>& plane, int from, int width) {
    return image::ImageView<uint8_t>{plane.row(0) + from, width, 3, plane.stride()};
  };
  for (int width = 1; width <= 4400; width += width < 130 ? 1 : 427) {
    for (const int shift_x : {0, 1, 2, 3}) {
      const int chroma_width = ChromaSide(width, shift_x);
      const image::FrameView frame{.y = cut(y, width % 7, width),
                                   .u = cut(u, width % 5, chroma_width),
                                   .v = cut(v, width % 3, chroma_width),
                                   .chroma_shift_x = shift_x,
                                   .chroma_shift_y = width % 2,
                                   .bt709 = true};
      ASSERT_EQ(ValueHistogramOf(frame), ValueHistogramOfRef(frame)) << width << " " << shift_x;
      const image::FrameView gray{.y = frame.y, .u = {}, .v = {}};
      ASSERT_EQ(ValueHistogramOf(gray), ValueHistogramOfRef(gray)) << width;
    }
  }
}

TEST_P(ValueHistogramOn, CountsWhatFillsNoByte) {
  // One bin takes all: more than 255 of it in each lane.
  const auto y = SyntheticPlane(1280, 720, "flat:255:0:0:0");
  EXPECT_EQ(HistogramOf(y.view())[31], 1280U * 720U);
  const auto noise = SyntheticPlane(1280, 720, "noise:1:0:0:0");
  const image::FrameView frame{.y = noise.view(), .u = {}, .v = {}, .full_range = true};
  EXPECT_EQ(ValueHistogramOf(frame), ValueHistogramOfRef(frame));
}

TEST_P(ValueHistogramOn, ClampsExtremeColours) {
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

TEST_P(ValueHistogramOn, TakesGrayFramesByTheirRange) {
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
