#include "vision/global_shift.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace reelbatch::vision {
namespace {

// Soft blobs, as a coarse plane of a real picture has; `seed` moves them.
image::Plane<uint8_t> Blobs(int shift_x, int shift_y, double seed, double gain = 1) {
  image::Plane<uint8_t> plane(40, 24);
  for (int y = 0; y < plane.height(); ++y) {
    for (int x = 0; x < plane.width(); ++x) {
      const double u = x + shift_x;
      const double v = y + shift_y;
      const double level =
          120 + gain * (40 * std::sin(u * 0.31 + seed) * std::cos(v * 0.27 * seed) +
                        25 * std::sin(u * 0.13 * seed - v * 0.19));
      plane.row(y)[x] = static_cast<uint8_t>(level);
    }
  }
  return plane;
}

float Correlation(const image::Plane<uint8_t>& a, const image::Plane<uint8_t>& b) {
  GlobalShift shift;
  return shift.Correlate(a.view(), b.view(), 0.45F, 1.0F);
}

TEST(GlobalShift, APictureLiesOnItself) {
  EXPECT_GT(Correlation(Blobs(0, 0, 1), Blobs(0, 0, 1)), 0.99F);
}

TEST(GlobalShift, FindsAPanOfAThirdOfTheWidth) {
  EXPECT_GT(Correlation(Blobs(0, 0, 1), Blobs(13, 2, 1)), 0.99F);
  EXPECT_GT(Correlation(Blobs(0, 0, 1), Blobs(-13, -2, 1)), 0.99F);
}

TEST(GlobalShift, ExposureDoesNotMatter) {
  EXPECT_GT(Correlation(Blobs(0, 0, 1), Blobs(4, 0, 1, 0.5)), 0.98F);
}

TEST(GlobalShift, AnotherPictureDoesNotFit) {
  EXPECT_LT(Correlation(Blobs(0, 0, 1), Blobs(0, 0, 2.7)), 0.9F);
}

TEST(GlobalShift, FlatPlanesSayNothing) {
  image::Plane<uint8_t> flat(40, 24);
  for (int y = 0; y < 24; ++y) std::fill_n(flat.row(y), 40, uint8_t{128});
  EXPECT_FLOAT_EQ(Correlation(flat, flat), 0.0F);
}

}  // namespace
}  // namespace reelbatch::vision
