#include "components/cut_detection/motion/camera_fit.h"

#include <gtest/gtest.h>

#include <functional>

namespace reelbatch::components::motion {
namespace {

struct Vector {
  float x = 0;
  float y = 0;
};

CameraFit FitOf(int width, int height, const std::function<Vector(float, float)>& flow) {
  image::Plane<float> flow_x(width, height);
  image::Plane<float> flow_y(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Vector v = flow(static_cast<float>(x) - static_cast<float>(width - 1) / 2,
                            static_cast<float>(y) - static_cast<float>(height - 1) / 2);
      flow_x.row(y)[x] = v.x;
      flow_y.row(y)[x] = v.y;
    }
  }
  return FitCamera(flow_x, flow_y);
}

TEST(FitCamera, TellsPanZoomAndRollApart) {
  const CameraFit fit = FitOf(161, 90, [](float x, float y) {
    return Vector{3 + 0.02F * x - 0.01F * y, -2 + 0.02F * y + 0.01F * x};
  });
  EXPECT_NEAR(fit.pan_x, 3, 1e-3);
  EXPECT_NEAR(fit.pan_y, -2, 1e-3);
  EXPECT_NEAR(fit.zoom, 0.02, 1e-5);
  EXPECT_NEAR(fit.roll, 0.01, 1e-5);
  EXPECT_FLOAT_EQ(fit.explained, 1);
}

TEST(FitCamera, WhatMovesInFrontCountsLess) {
  const CameraFit fit = FitOf(160, 90, [](float x, float y) {
    const bool object = x > 20 && x < 60 && y > -20;
    return object ? Vector{-6, 4} : Vector{2, 0};
  });
  EXPECT_NEAR(fit.pan_x, 2, 0.2);
  EXPECT_NEAR(fit.pan_y, 0, 0.2);
  EXPECT_GT(fit.explained, 0.7F);
  EXPECT_LT(fit.explained, 0.95F);
}

TEST(FitCamera, TakesNoMovementAndNoPicture) {
  EXPECT_FLOAT_EQ(FitOf(64, 36, [](float, float) { return Vector{}; }).explained, 1);
  EXPECT_FLOAT_EQ(FitOf(1, 1, [](float, float) { return Vector{}; }).explained, 0);
  EXPECT_FLOAT_EQ(FitOf(0, 0, [](float, float) { return Vector{}; }).explained, 0);
}

}  // namespace
}  // namespace reelbatch::components::motion
