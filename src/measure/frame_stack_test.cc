#include "measure/frame_stack.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>

#include "measure/noise_input.h"

namespace reelbatch::measure {
namespace {

TEST(FrameStack, HoldsFramesOfOddSizes) {
  auto stack = FrameStack::Make({.width = 71, .height = 33, .frames = 3});
  ASSERT_TRUE(stack);
  EXPECT_EQ(stack->pairs(), 2);
  const image::StampedFrame frame = stack->frame(2);
  EXPECT_EQ(frame.view.y.width, 71);
  EXPECT_EQ(frame.view.u.width, 36);
  EXPECT_EQ(frame.view.v.height, 17);
  EXPECT_EQ(frame.index, 2);
  EXPECT_DOUBLE_EQ(frame.pts_s, 2.0 / 30);
  EXPECT_EQ(stack->bytes(), 3U * (128 * 33 + 2 * 64 * 17));
  // Every plane lies behind the one before.
  EXPECT_EQ(stack->frame(1).view.y.data - stack->frame(0).view.v.row(16), 64);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(frame.view.v.data) % image::kRowAlignment, 0U);
}

TEST(FrameStack, IsSharedThroughItsFile) {
  auto stack = FrameStack::Make({.width = 16, .height = 8, .frames = 2});
  ASSERT_TRUE(stack);
  *stack->row(1, 2, 3) = 77;
  const auto other = FrameStack::FromFile(dup(stack->fd()), stack->shape());
  ASSERT_TRUE(other);
  EXPECT_EQ(other->frame(1).view.v.row(3)[0], 77);
  const auto wrong =
      FrameStack::FromFile(dup(stack->fd()), {.width = 16, .height = 8, .frames = 3});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::Code::kInvalidArgument);
}

TEST(FrameStack, RefusesWhatCannotBe) {
  EXPECT_EQ(FrameStack::Make({.width = 0, .height = 8, .frames = 2}).error().code,
            base::Code::kInvalidArgument);
  EXPECT_EQ(FrameStack::Make({.width = 1 << 20, .height = 1 << 20, .frames = 64}).error().code,
            base::Code::kOutOfMemory);
}

TEST(NoiseInput, IsUniformColourAndTheSameEveryTime) {
  auto stack = FrameStack::Make({.width = 320, .height = 180, .frames = 2});
  auto again = FrameStack::Make(stack->shape());
  FillWithNoise(*stack);
  FillWithNoise(*again);
  std::array<double, 3> mean{};
  std::array<double, 3> squares{};
  for (int p = 0; p < 3; ++p) {
    const auto at = static_cast<size_t>(p);
    for (int y = 0; y < stack->plane_height(p); ++y) {
      for (int x = 0; x < stack->plane_width(p); ++x) {
        const int level = stack->row(1, p, y)[x];
        ASSERT_EQ(level, again->row(1, p, y)[x]);
        mean.at(at) += level;
        squares.at(at) += level * level;
      }
    }
    const double count = stack->plane_width(p) * stack->plane_height(p);
    mean.at(at) /= count;
    squares.at(at) = std::sqrt(squares.at(at) / count - mean.at(at) * mean.at(at));
  }
  // Deviation of a byte 73.9: of luma 73.9 * 219 / 255 * |(.299, .587, .114)| = 42.4; chroma is the
  // mean of four.
  EXPECT_NEAR(mean[0], 16 + 219 / 2.0, 1);
  EXPECT_NEAR(squares[0], 42.4, 1);
  EXPECT_NEAR(mean[1], 128, 1);
  EXPECT_NEAR(mean[2], 128, 1);
  EXPECT_NEAR(squares[1], 20, 2);
  EXPECT_NE(*stack->row(0, 0, 0), *stack->row(1, 0, 0));
}

}  // namespace
}  // namespace reelbatch::measure
