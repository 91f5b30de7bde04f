#include "reel/picture.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace reelbatch::reel {
namespace {

using testing::Each;
using testing::ElementsAre;

Picture Flat(int width, int height, uint8_t luma) {
  Picture picture;
  Resize(width, height, picture);
  for (int y = 0; y < height; ++y) std::fill_n(picture.y.row(y), width, luma);
  for (int y = 0; y < height / 2; ++y) {
    std::fill_n(picture.u.row(y), width / 2, uint8_t{100});
    std::fill_n(picture.v.row(y), width / 2, uint8_t{160});
  }
  return picture;
}

std::vector<int> Row(const Picture& picture, int y) {
  return {picture.y.row(y), picture.y.row(y) + picture.y.width()};
}

std::vector<int> Column(const Picture& picture, int x) {
  std::vector<int> samples;
  for (int y = 0; y < picture.y.height(); ++y) samples.push_back(picture.y.row(y)[x]);
  return samples;
}

TEST(Colors, AreThoseOfBt601) {
  const Yuv black = ToYuv({0, 0, 0});
  EXPECT_THAT((std::array{black.y, black.u, black.v}), ElementsAre(16, 128, 128));
  const Yuv white = ToYuv({255, 255, 255});
  EXPECT_THAT((std::array{white.y, white.u, white.v}), ElementsAre(235, 128, 128));
  const Yuv red = ToYuv({255, 0, 0});
  EXPECT_THAT((std::array{red.y, red.u, red.v}), ElementsAre(81, 90, 240));
}

TEST(Wipe, ShowsTheNewPictureBehindItsFront) {
  Picture over = Flat(8, 4, 200);
  const auto wipe = [&](Direction toward, double share, double soft = 0) {
    Picture picture = Flat(8, 4, 40);
    BlendBehindFront(share, toward, soft, over, picture);
    return picture;
  };
  EXPECT_THAT(Row(wipe(Direction::kRight, 0.25), 1), ElementsAre(200, 200, 40, 40, 40, 40, 40, 40));
  EXPECT_THAT(Row(wipe(Direction::kLeft, 0.25), 1), ElementsAre(40, 40, 40, 40, 40, 40, 200, 200));
  EXPECT_THAT(Column(wipe(Direction::kDown, 0.75), 5), ElementsAre(200, 200, 200, 40));
  EXPECT_THAT(Column(wipe(Direction::kUp, 0.75), 5), ElementsAre(40, 200, 200, 200));
  const auto soft = Row(wipe(Direction::kRight, 0.5, 0.5), 0);
  EXPECT_TRUE(std::ranges::is_sorted(soft, std::greater{}));
  EXPECT_THAT(soft, ElementsAre(200, 200, 180, 140, 100, 60, 40, 40));
}

TEST(Wipe, AWideFrontEntersAndLeavesInWhole) {
  Picture over = Flat(64, 4, 200);
  Picture first = Flat(64, 4, 40);
  BlendBehindFront(0, Direction::kRight, 0.4, over, first);
  EXPECT_THAT(Row(first, 0), Each(40));
  Picture last = Flat(64, 4, 40);
  BlendBehindFront(1, Direction::kRight, 0.4, over, last);
  EXPECT_THAT(Row(last, 0), Each(200));
}

TEST(Exposure, StaysInLimitedRange) {
  Picture picture = Flat(4, 4, 116);
  Expose(1.5, picture);
  EXPECT_EQ(picture.y.row(0)[0], 166);
  EXPECT_EQ(picture.u.row(0)[0], 86);
  EXPECT_EQ(picture.v.row(0)[0], 176);
  Expose(3, picture);
  EXPECT_EQ(picture.y.row(0)[0], 235);
  EXPECT_EQ(picture.u.row(0)[0], 16);
}

TEST(Blur, KeepsWhatIsFlatAndSpreadsWhatIsNot) {
  Picture picture = Flat(16, 16, 90);
  Blur(3, picture);
  EXPECT_THAT(Row(picture, 7), Each(90));
  picture.y.row(8)[8] = 235;
  Blur(1, picture);
  EXPECT_LT(picture.y.row(8)[8], 120);
  EXPECT_GT(picture.y.row(8)[9], 90);
  EXPECT_GT(picture.y.row(7)[8], 90);
  EXPECT_EQ(picture.y.row(8)[11], 90);
  Picture small = Flat(2, 2, 90);
  Blur(64, small);
  EXPECT_THAT(Row(small, 0), Each(90));
}

TEST(Letterbox, BlackensWholeRows) {
  Picture picture = Flat(4, 16, 90);
  Letterbox(0.25, picture);
  EXPECT_THAT(Column(picture, 2),
              ElementsAre(16, 16, 16, 16, 90, 90, 90, 90, 90, 90, 90, 90, 16, 16, 16, 16));
  EXPECT_EQ(picture.u.row(1)[0], 128);
  EXPECT_EQ(picture.u.row(2)[0], 100);
}

}  // namespace
}  // namespace reelbatch::reel
