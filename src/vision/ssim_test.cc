#include "vision/ssim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "vision/every_target.h"
#include "vision/fixture_planes.h"

namespace reelbatch::vision {
namespace {

using fixture::SyntheticPlane;

// The definition, a window at a time in doubles.
double Reference(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, double range) {
  const int side = std::min(a.width, a.height);
  const int window = std::min(7, side - (side + 1) % 2);
  const double n = window * window;
  const double c1 = std::pow(0.01 * range, 2);
  const double c2 = std::pow(0.03 * range, 2);
  double total = 0;
  int count = 0;
  for (int y = 0; y + window <= a.height; ++y) {
    for (int x = 0; x + window <= a.width; ++x, ++count) {
      double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
      for (int wy = 0; wy < window; ++wy) {
        for (int wx = 0; wx < window; ++wx) {
          const double pa = a.row(y + wy)[x + wx];
          const double pb = b.row(y + wy)[x + wx];
          sa += pa;
          sb += pb;
          saa += pa * pa;
          sbb += pb * pb;
          sab += pa * pb;
        }
      }
      const double ma = sa / n;
      const double mb = sb / n;
      const double sample = n / (n - 1);
      const double va = sample * (saa / n - ma * ma);
      const double vb = sample * (sbb / n - mb * mb);
      const double vab = sample * (sab / n - ma * mb);
      total += (2 * ma * mb + c1) * (2 * vab + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  }
  return total / count;
}

class SsimOn : public EveryTarget {};
INSTANTIATE_TEST_SUITE_P(Targets, SsimOn, AllTargets(), TargetName);

TEST_P(SsimOn, EqualsScikitImageOnSyntheticPairs) {
  Ssim ssim;
  for (auto& line : fixture::Lines("pairs.txt")) {
    const int width = fixture::Next<int>(line);
    const int height = fixture::Next<int>(line);
    const auto a = SyntheticPlane(width, height, fixture::Next<std::string>(line));
    const auto b = SyntheticPlane(width, height, fixture::Next<std::string>(line));
    fixture::Next<double>(line);
    const auto by_range = fixture::Next<double>(line);
    const auto by_255 = fixture::Next<double>(line);
    EXPECT_NEAR(ssim(a.view(), b.view(), SsimRange::kSecondFrame), by_range, 1e-4) << line.str();
    EXPECT_NEAR(ssim(a.view(), b.view(), SsimRange::k255), by_255, 1e-4) << line.str();
  }
}

TEST_P(SsimOn, IsTheDefinitionAtEverySmallSize) {
  Ssim ssim;
  for (int width = 3; width <= 40; width += 2) {
    for (int height = 3; height <= 40; height += 3) {
      const auto a = SyntheticPlane(width, height, "noise:1:0:0:0");
      const auto b = SyntheticPlane(width, height, "texture:2:0:0:0");
      const fixture::OffsetCopy off_a(a.view());
      const fixture::OffsetCopy off_b(b.view());
      const double aligned = ssim(a.view(), b.view(), SsimRange::k255);
      ASSERT_NEAR(aligned, Reference(a.view(), b.view(), 255), 1e-6) << width << "x" << height;
      ASSERT_EQ(aligned, ssim(off_a.view(), off_b.view(), SsimRange::k255))
          << width << "x" << height;
    }
  }
}

TEST_P(SsimOn, IsExactWherePlanesAreNearlyAlike) {
  Ssim ssim;
  const auto a = SyntheticPlane(160, 90, "flat:254:0:0:0");
  const auto b = SyntheticPlane(160, 90, "flat:254:0:0:1");
  // Range 2: constants of 1e-4 beside squares of 6e4 show every lost bit.
  EXPECT_NEAR(ssim(a.view(), b.view(), SsimRange::kSecondFrame), Reference(a.view(), b.view(), 2),
              1e-6);
}

TEST_P(SsimOn, OfAPlaneWithItselfIsOne) {
  Ssim ssim;
  for (const char* spec : {"texture:1:0:0:9", "noise:1:0:0:0", "flat:0:0:0:0", "flat:255:0:0:0"}) {
    const auto plane = SyntheticPlane(97, 53, spec);
    EXPECT_DOUBLE_EQ(ssim(plane.view(), plane.view(), SsimRange::k255), 1.0) << spec;
    EXPECT_DOUBLE_EQ(ssim(plane.view(), plane.view(), SsimRange::kSecondFrame), 1.0) << spec;
  }
}

TEST_P(SsimOn, StaysFiniteBelowEveryWindow) {
  Ssim ssim;
  for (const int width : {1, 2, 9}) {
    for (const int height : {1, 2}) {
      const auto dark = SyntheticPlane(width, height, "flat:0:0:0:0");
      const auto light = SyntheticPlane(width, height, "flat:255:0:0:0");
      EXPECT_DOUBLE_EQ(ssim(light.view(), light.view(), SsimRange::k255), 1.0);
      // The luminance term alone: C1 / (255^2 + C1).
      EXPECT_NEAR(ssim(dark.view(), light.view(), SsimRange::k255), 1e-4 / 1.0001, 1e-7);
    }
  }
  EXPECT_EQ(ssim({}, {}, SsimRange::k255), 1.0);
}

class SsimTwin : public EveryTarget {
 protected:
  double Scalar(image::ImageView<uint8_t> a, image::ImageView<uint8_t> b, SsimRange range) {
    EXPECT_TRUE(ForceSimd("scalar"));
    const double result = ssim_(a, b, range);
    EXPECT_TRUE(ForceSimd(GetParam()));
    return result;
  }
  void Compare(const image::Plane<uint8_t>& a, const image::Plane<uint8_t>& b) {
    const fixture::OffsetCopy off_a(a.view());
    const fixture::OffsetCopy off_b(b.view());
    for (const SsimRange range : {SsimRange::kSecondFrame, SsimRange::k255}) {
      ASSERT_EQ(ssim_(off_a.view(), off_b.view(), range), Scalar(a.view(), b.view(), range))
          << a.width() << "x" << a.height();
    }
  }
  Ssim ssim_;
};
INSTANTIATE_TEST_SUITE_P(Targets, SsimTwin, AllTargets(), TargetName);

TEST_P(SsimTwin, HasTheSameBitsAtEverySize) {
  for (int side = 1; side <= 130; ++side) {
    const int other = 137 - side;
    ASSERT_NO_FATAL_FAILURE(Compare(SyntheticPlane(side, other, "noise:1:0:0:0"),
                                    SyntheticPlane(side, other, "texture:2:0:0:0")));
  }
}

TEST_P(SsimTwin, HasTheSameBitsAcrossPanels) {
  for (const int width : {384, 512, 640, 1029, 1030, 1031, 2100}) {
    ASSERT_NO_FATAL_FAILURE(Compare(SyntheticPlane(width, 31, "texture:1:0:0:3"),
                                    SyntheticPlane(width, 31, "texture:1:2:1:3")));
  }
}

TEST_P(SsimTwin, HasTheSameBitsAtTheExtremes) {
  image::Plane<uint8_t> board(150, 70);
  image::Plane<uint8_t> opposite(150, 70);
  for (int y = 0; y < 70; ++y) {
    for (int x = 0; x < 150; ++x) {
      board.row(y)[x] = (x + y) % 2 == 0 ? 255 : 0;
      opposite.row(y)[x] = (x + y) % 2 == 0 ? 0 : 255;
    }
  }
  auto dark = SyntheticPlane(150, 70, "flat:0:0:0:0");
  auto light = SyntheticPlane(150, 70, "flat:255:0:0:0");
  const std::array planes = {&board, &opposite, &dark, &light};
  for (const auto* a : planes) {
    for (const auto* b : planes) {
      ASSERT_NO_FATAL_FAILURE(Compare(*a, *b));
    }
  }
  // The wide sums of a panel of nothing but ones.
  const auto wide = SyntheticPlane(1030, 40, "flat:9:0:0:0");
  EXPECT_EQ(ssim_(wide.view(), wide.view(), SsimRange::k255), 1.0);
}

TEST_P(SsimOn, IsLeftAloneByTheSizesBefore) {
  Ssim ssim;
  const auto a = SyntheticPlane(64, 48, "texture:1:0:0:3");
  const auto b = SyntheticPlane(64, 48, "texture:1:2:0:3");
  const double first = ssim(a.view(), b.view(), SsimRange::k255);
  const auto large = SyntheticPlane(300, 200, "noise:3:0:0:0");
  ssim(large.view(), large.view(), SsimRange::k255);
  EXPECT_EQ(ssim(a.view(), b.view(), SsimRange::k255), first);
}

}  // namespace
}  // namespace reelbatch::vision
