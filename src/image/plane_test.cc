#include "image/plane.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "image/frame.h"

namespace reelbatch::image {
namespace {

TEST(Plane, StartsEveryRowAligned) {
  for (const int width : {1, 63, 64, 65, 1279}) {
    const Plane<uint8_t> bytes(width, 3);
    const Plane<float> floats(width, 3);
    EXPECT_GE(bytes.stride(), width);
    EXPECT_GE(floats.stride(), width);
    for (int y = 0; y < 3; ++y) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(bytes.row(y)) % kRowAlignment, 0U) << width;
      EXPECT_EQ(reinterpret_cast<uintptr_t>(floats.row(y)) % kRowAlignment, 0U) << width;
    }
  }
}

TEST(Plane, KeepsItsMemoryWhereItIsLargeEnough) {
  Plane<uint8_t> plane(640, 360);
  const uint8_t* const memory = plane.row(0);
  const size_t capacity = plane.capacity_bytes();
  plane.Reset(320, 180);
  EXPECT_EQ(plane.width(), 320);
  EXPECT_EQ(plane.height(), 180);
  plane.Reset(640, 360);
  EXPECT_EQ(plane.row(0), memory);
  EXPECT_EQ(plane.capacity_bytes(), capacity);
  plane.Reset(641, 361);
  EXPECT_GT(plane.capacity_bytes(), capacity);
}

TEST(Plane, EmptyOneHasNoSamples) {
  Plane<uint8_t> plane;
  EXPECT_TRUE(plane.view().empty());
  plane.Reset(0, 10);
  EXPECT_TRUE(plane.view().empty());
  EXPECT_EQ(plane.capacity_bytes(), 0U);
}

TEST(Plane, MovesWithItsMemory) {
  Plane<uint8_t> plane(8, 2);
  plane.row(1)[7] = 42;
  const uint8_t* const memory = plane.row(0);
  const Plane<uint8_t> moved = std::move(plane);
  EXPECT_EQ(moved.row(0), memory);
  EXPECT_EQ(moved.row(1)[7], 42);
}

TEST(ImageView, WalksRowsByStride) {
  const uint8_t samples[] = {1, 2, 0, 3, 4, 0};
  const ImageView<uint8_t> view{.data = samples, .width = 2, .height = 2, .stride = 3};
  EXPECT_EQ(view.row(1)[0], 3);
  EXPECT_FALSE(view.empty());
}

TEST(FrameView, IsGrayWithoutChroma) {
  const Plane<uint8_t> plane(4, 4);
  EXPECT_TRUE((FrameView{.y = plane.view(), .u = {}, .v = {}}).gray());
  EXPECT_FALSE((FrameView{.y = plane.view(), .u = plane.view(), .v = plane.view()}).gray());
}

}  // namespace
}  // namespace reelbatch::image
