#include "components/cut_detection/hard/change.h"

#include <gtest/gtest.h>

#include "components/cut_detection/test_frames.h"

namespace reelbatch::components::hard {
namespace {

Picture PictureOf(const TestFrame& frame) {
  PictureMaker maker;
  Picture picture;
  maker.Make(frame.luma(), frame.view(), picture);
  return picture;
}

TEST(PictureSize, IsWholeBlocksOfAbout160) {
  EXPECT_EQ(PictureSize(1920, 1080), (vision::Size{.width = 160, .height = 88}));
  EXPECT_EQ(PictureSize(404, 720), (vision::Size{.width = 88, .height = 160}));
  EXPECT_EQ(PictureSize(64, 48), (vision::Size{.width = 64, .height = 48}));
  EXPECT_EQ(PictureSize(1, 1), (vision::Size{.width = 16, .height = 16}));
}

TEST(ChangeMeter, NothingChangesBetweenEqualPictures) {
  const Picture a = PictureOf(TestFrame(160, 96, 1));
  ChangeMeter meter;
  const Change change = meter.Measure(a, a);
  EXPECT_FLOAT_EQ(change.unpredicted, 0);
  EXPECT_FLOAT_EQ(change.residual, 0);
  EXPECT_FLOAT_EQ(ColourDistance(a, a), 0);
  EXPECT_GT(meter.Alignment(a, a), 0.99F);
}

TEST(ChangeMeter, MotionIsPredicted) {
  const Picture a = PictureOf(TestFrame(160, 96, 1));
  const Picture b = PictureOf(TestFrame(160, 96, 1, 9, -4));
  EXPECT_LT(ChangeMeter().Measure(a, b).unpredicted, 0.2F);
}

TEST(ChangeMeter, ExposureIsPredicted) {
  const Picture a = PictureOf(TestFrame(160, 96, 1));
  const Picture b = PictureOf(TestFrame(160, 96, 1, 0, 0, 0.6));
  EXPECT_LT(ChangeMeter().Measure(a, b).unpredicted, 0.2F);
}

TEST(ChangeMeter, AnotherShotIsNot) {
  const Picture a = PictureOf(TestFrame(160, 96, 1));
  const Picture b = PictureOf(TestFrame(160, 96, 4.3));
  ChangeMeter meter;
  EXPECT_GT(meter.Measure(a, b).unpredicted, 0.6F);
  EXPECT_NEAR(meter.Measure(a, b).unpredicted, meter.Measure(b, a).unpredicted, 1e-6);
  EXPECT_GT(ColourDistance(a, b), 0.5F);
}

TEST(ChangeMeter, APictureGoneToBlackIsNotPredicted) {
  const Picture a = PictureOf(TestFrame(160, 96, 1));
  const Picture black = PictureOf(TestFrame(160, 96, 1, 0, 0, 0));
  EXPECT_GT(ChangeMeter().Measure(a, black).unpredicted, 0.6F);
  EXPECT_FLOAT_EQ(ChangeMeter().Measure(black, black).unpredicted, 0);
}

TEST(PictureMaker, AGreySourceHasGreyColours) {
  const TestFrame frame(64, 48, 1);
  image::FrameView grey = frame.view();
  grey.u = {};
  grey.v = {};
  PictureMaker maker;
  Picture picture;
  maker.Make(frame.luma(), grey, picture);
  constexpr int kGrey = Picture::kChromaBins / 2;
  int counted = 0;
  for (int luma = 0; luma < Picture::kLumaBins; ++luma) {
    const int bin = (luma * Picture::kChromaBins + kGrey) * Picture::kChromaBins + kGrey;
    counted += picture.colours[static_cast<size_t>(bin)];
  }
  EXPECT_EQ(counted, picture.cells);
}

}  // namespace
}  // namespace reelbatch::components::hard
