#include "media/memory_picture.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

using testing_clips::ReadAll;
using testing_clips::Reading;
using testing_clips::ReadVideo;
using testing_clips::SamplesOf;
using testing_clips::TempFolder;

constexpr int kWidth = 65;  // odd, and its rows of RGB end within a vector
constexpr int kHeight = 47;
constexpr char kClip[] =
    "-f lavfi -i testsrc2=s=96x64:r=25:d=0.12,format=rgb24,scale=65:47 -c:v rawvideo ";

const uint8_t* Bytes(const std::string& raw) {
  return reinterpret_cast<const uint8_t*>(raw.data());
}

class RgbOrders : public testing::TestWithParam<std::pair<const char*, MemoryFormat>> {};

TEST_P(RgbOrders, BecomeWhatAFileOfTheSamePicturesGives) {
  const auto [name, format] = GetParam();
  const TempFolder folder;
  const std::string pixels = std::string(kClip) + "-pix_fmt " + name + " ";
  const Reading file = ReadVideo(folder.Ffmpeg(pixels, "clip.nut"), {}, true);
  ASSERT_EQ(file.failure, "");
  const std::string raw = ReadAll(folder.Ffmpeg(pixels + "-f rawvideo ", "clip.raw"));
  constexpr size_t kFrameBytes = size_t{3} * kWidth * kHeight;
  ASSERT_EQ(raw.size(), file.samples.size() * kFrameBytes);

  MemoryPictureConverter converter;
  for (size_t k = 0; k < file.samples.size(); ++k) {
    const auto view = converter.Convert({.format = format,
                                         .width = kWidth,
                                         .height = kHeight,
                                         .planes = {{{Bytes(raw) + k * kFrameBytes, 3 * kWidth}}}});
    ASSERT_TRUE(view) << view.error().Text();
    EXPECT_EQ(view->full_range, file.last.full_range);
    EXPECT_EQ(view->bt709, file.last.bt709);
    EXPECT_EQ(view->chroma_shift_x, file.last.chroma_shift_x);
    EXPECT_TRUE(SamplesOf(*view) == file.samples[k]) << "frame " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(All, RgbOrders,
                         testing::Values(std::pair("rgb24", MemoryFormat::kRgb24),
                                         std::pair("bgr24", MemoryFormat::kBgr24)),
                         [](const auto& param) { return param.param.first; });

TEST(MemoryPicture, PlanesAreLookedAtWhereTheyLie) {
  const std::vector<uint8_t> y(8 * 3, 90);
  const std::vector<uint8_t> u(4 * 2, 100);
  const std::vector<uint8_t> v(4 * 2, 110);
  const MemoryPicture picture{.format = MemoryFormat::kYuv420,
                              .width = 5,
                              .height = 3,
                              .planes = {{{y.data(), 8}, {u.data(), 4}, {v.data(), 4}}},
                              .full_range = true,
                              .bt709 = true};
  MemoryPictureConverter converter;
  const auto view = converter.Convert(picture);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->y.data, y.data());
  EXPECT_EQ(view->y.stride, 8);
  EXPECT_EQ(view->u.data, u.data());
  EXPECT_EQ(view->u.width, 3);
  EXPECT_EQ(view->v.height, 2);
  EXPECT_TRUE(view->full_range);
  EXPECT_TRUE(view->bt709);
}

TEST(MemoryPicture, GrayHasNoChroma) {
  const std::vector<uint8_t> y(15);
  MemoryPictureConverter converter;
  const auto view = converter.Convert(
      {.format = MemoryFormat::kGray8, .width = 5, .height = 3, .planes = {{{y.data(), 5}}}});
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->gray());
  EXPECT_FALSE(view->full_range);
}

TEST(MemoryPicture, RowsAreAsLongAsTheirFormatSays) {
  MemoryPicture picture{.format = MemoryFormat::kYuv420, .width = 5, .height = 3};
  EXPECT_EQ(RowBytes(picture, 0), 5);
  EXPECT_EQ(RowBytes(picture, 1), 3);
  EXPECT_EQ(RowBytes(picture, 2), 3);
  EXPECT_EQ(RowBytes(picture, 3), 0);
  picture.format = MemoryFormat::kGray8;
  EXPECT_EQ(RowBytes(picture, 0), 5);
  EXPECT_EQ(RowBytes(picture, 1), 0);
  picture.format = MemoryFormat::kBgr24;
  EXPECT_EQ(RowBytes(picture, 0), 15);
  EXPECT_EQ(RowBytes(picture, 1), 0);
}

}  // namespace
}  // namespace reelbatch::media
