#include "components/cut_detection/soft/coarse_frame.h"

#include <gtest/gtest.h>

#include "components/cut_detection/soft/test_pictures.h"
#include "components/cut_detection/test_frames.h"

namespace reelbatch::components::soft {
namespace {

// Luma and chroma that are easy to make again in Python.
CoarseFrame Coloured() {
  CoarseFrame frame;
  frame.width = 40;
  frame.height = 22;
  uint8_t* level = frame.levels.data();
  for (int y = 0; y < 22; ++y) {
    for (int x = 0; x < 40; ++x) *level++ = static_cast<uint8_t>((y * 7 + x * 5) % 200 + 30);
  }
  for (int y = 0; y < 11; ++y) {
    for (int x = 0; x < 20; ++x) *level++ = static_cast<uint8_t>((y * 11 + x * 3) % 120 + 70);
  }
  for (int y = 0; y < 11; ++y) {
    for (int x = 0; x < 20; ++x) *level++ = static_cast<uint8_t>((y * 5 + x * 13) % 120 + 60);
  }
  frame.samples = static_cast<size_t>(level - frame.levels.data());
  return frame;
}

// The numbers of opencv-python 5.0.0 (numpy 2.4.6) for the same RGB samples: mean of V / 255 of
// RGB2HSV, and mean of L / 100 of RGB2Lab on float32.
TEST(LookAt, IsOpenCvsValueAndLightness) {
  const FrameLook bt601 = LookAt(Coloured(), false);
  EXPECT_NEAR(bt601.hsv_v, 0.67982175, 1e-4);
  EXPECT_NEAR(bt601.lab_l, 0.56781864, 1e-3);
  const FrameLook bt709 = LookAt(Coloured(), true);
  EXPECT_NEAR(bt709.hsv_v, 0.66790107, 1e-4);
  EXPECT_NEAR(bt709.lab_l, 0.5568423, 1e-3);
}

TEST(LookAt, SpreadAndRangeSeeFlatPicturesBetweenBars) {
  CoarseFrame frame = MakeShot(1);
  EXPECT_GT(LookAt(frame, false).spread, 30);
  EXPECT_GT(RangeOf(frame), 150);
  for (int y = 0; y < 22; ++y) {
    for (int x = 0; x < 40; ++x) {
      const bool bar = y < 3 || y >= 19;
      frame.at(x, y) = bar ? 0 : 255;
    }
  }
  EXPECT_FLOAT_EQ(LookAt(frame, false).spread, 0);  // white, above and below black
  EXPECT_FLOAT_EQ(LookAt(frame, false).range, 0);
}

TEST(Distance, IsTheMeanSquare) {
  const CoarseFrame frame = MakeShot(1);
  EXPECT_FLOAT_EQ(Distance(frame, frame), 0);
  CoarseFrame other = frame;
  other.levels[0] = static_cast<uint8_t>(other.levels[0] + 10);
  EXPECT_FLOAT_EQ(Distance(frame, other), 100.0F / 1320);
}

TEST(MakeCoarse, TakesAnySizeAndGrey) {
  hard::PictureMaker maker;
  hard::Picture picture;
  CoarseFrame coarse;
  for (const auto& [width, height] : {std::pair{1, 1}, {640, 360}, {2, 600}, {360, 640}}) {
    const TestFrame frame(width, height, 1);
    image::FrameView view = frame.view();
    maker.Make(frame.luma(), view, picture);
    MakeCoarse(picture, view, coarse);
    ASSERT_LE(coarse.samples, CoarseFrame::kMostSamples);
    const auto luma = static_cast<size_t>(coarse.width) * static_cast<size_t>(coarse.height);
    const auto chroma =
        static_cast<size_t>(coarse.width / 2) * static_cast<size_t>(coarse.height / 2);
    EXPECT_EQ(coarse.samples, luma + 2 * chroma) << width << 'x' << height;
    EXPECT_GT(LookAt(coarse, false).lab_l, 0);
    view.u = {};
    view.v = {};
    MakeCoarse(picture, view, coarse);
    EXPECT_EQ(coarse.levels[luma], 128);
  }
}

}  // namespace
}  // namespace reelbatch::components::soft
