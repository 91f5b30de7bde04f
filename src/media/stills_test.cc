#include "media/stills.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "media/split_test_clip.h"

namespace reelbatch::media {
namespace {

using base::Code;
using test::TempFolder;
using testing::HasSubstr;

struct Rgb {
  int r = -1;
  int g = -1;
  int b = -1;
};

std::string Size(const std::filesystem::path& path) {
  return test::Output("ffprobe -v error -show_entries stream=width,height -of csv=p=0:s=x '" +
                      path.string() + "'");
}

/// A pixel as the ffmpeg program decodes it.
Rgb PixelAt(const std::filesystem::path& path, int x, int y) {
  const std::string raw =
      test::Output("ffmpeg -v error -i '" + path.string() + "' -vf crop=1:1:" + std::to_string(x) +
                   ":" + std::to_string(y) + ":exact=1,format=rgb24 -f rawvideo - | od -An -tu1");
  Rgb pixel;
  sscanf(raw.c_str(), "%d %d %d", &pixel.r, &pixel.g, &pixel.b);
  return pixel;
}

/// 40x20: red, but a white block in the upper left quarter.
struct Marked {
  image::Plane<uint8_t> y{40, 20};
  image::Plane<uint8_t> u{40, 20};
  image::Plane<uint8_t> v{40, 20};

  explicit Marked(bool full_range = false) : full(full_range) {
    for (int row = 0; row < 20; ++row) {
      for (int x = 0; x < 40; ++x) {
        const bool white = x < 20 && row < 10;
        y.row(row)[x] = static_cast<uint8_t>(white ? (full ? 255 : 235) : (full ? 76 : 81));
        u.row(row)[x] = static_cast<uint8_t>(white ? 128 : (full ? 85 : 90));
        v.row(row)[x] = static_cast<uint8_t>(white ? 128 : (full ? 255 : 240));
      }
    }
  }
  image::FrameView view() const {
    return {.y = y.view(),
            .u = u.view(),
            .v = v.view(),
            .chroma_shift_x = 0,
            .chroma_shift_y = 0,
            .full_range = full};
  }
  bool full;
};

void ExpectWhite(const Rgb& p) {
  EXPECT_GT(std::min({p.r, p.g, p.b}), 245) << p.r << " " << p.g << " " << p.b;
}
void ExpectRed(const Rgb& p) {
  EXPECT_GT(p.r, 235) << p.r << " " << p.g << " " << p.b;
  EXPECT_LT(std::max(p.g, p.b), 20) << p.r << " " << p.g << " " << p.b;
}

TEST(Stills, WritesPngAndJpegInRightColours) {
  const TempFolder folder;
  for (const char* name : {"a.png", "a.jpg", "a.JPEG"}) {
    for (const bool full : {false, true}) {
      const auto path = folder / name;
      const auto done = WriteStill(Marked(full).view(), path, {});
      ASSERT_TRUE(done) << done.error().Text();
      EXPECT_EQ(Size(path), "40x20") << name;
      ExpectWhite(PixelAt(path, 5, 4));
      ExpectRed(PixelAt(path, 33, 15));
    }
  }
  EXPECT_EQ(test::FilesIn(folder.path()), 3) << "no temporary file is left";
}

TEST(Stills, TurnsClockwise) {
  const TempFolder folder;
  const Marked marked;
  ASSERT_TRUE(WriteStill(marked.view(), folder / "90.png", {.rotation_deg = 90}));
  EXPECT_EQ(Size(folder / "90.png"), "20x40");
  ExpectWhite(PixelAt(folder / "90.png", 15, 5));
  ExpectRed(PixelAt(folder / "90.png", 5, 5));
  ASSERT_TRUE(WriteStill(marked.view(), folder / "180.png", {.rotation_deg = 180}));
  ExpectWhite(PixelAt(folder / "180.png", 35, 15));
  ExpectRed(PixelAt(folder / "180.png", 5, 5));
  ASSERT_TRUE(WriteStill(marked.view(), folder / "270.jpg", {.rotation_deg = 270}));
  EXPECT_EQ(Size(folder / "270.jpg"), "20x40");
  ExpectWhite(PixelAt(folder / "270.jpg", 5, 35));
  ExpectRed(PixelAt(folder / "270.jpg", 15, 35));
}

TEST(Stills, StretchesToSquarePixels) {
  const TempFolder folder;
  ASSERT_TRUE(WriteStill(Marked().view(), folder / "a.png", {.sar = {3, 2}}));
  EXPECT_EQ(Size(folder / "a.png"), "60x20");
  ASSERT_TRUE(WriteStill(Marked().view(), folder / "b.png", {.rotation_deg = 90, .sar = {3, 2}}));
  EXPECT_EQ(Size(folder / "b.png"), "20x60");
}

TEST(Stills, TakesGreyAndOddSizes) {
  const TempFolder folder;
  image::Plane<uint8_t> grey(33, 17);
  for (int y = 0; y < 17; ++y) std::fill_n(grey.row(y), 33, uint8_t{126});
  ASSERT_TRUE(WriteStill({.y = grey.view(), .u = {}, .v = {}}, folder / "a.png", {}));
  EXPECT_EQ(Size(folder / "a.png"), "33x17");
  const Rgb pixel = PixelAt(folder / "a.png", 16, 8);
  EXPECT_NEAR(pixel.r, 128, 2);
  EXPECT_EQ(pixel.r, pixel.g);
  EXPECT_EQ(pixel.r, pixel.b);
}

TEST(Stills, AHigherQualityIsLarger) {
  const TempFolder folder;
  const test::NumberedFrame frame(5);
  ASSERT_TRUE(WriteStill(frame.view(), folder / "low.jpg", {.jpeg_quality = 20}));
  ASSERT_TRUE(WriteStill(frame.view(), folder / "high.jpg", {.jpeg_quality = 95}));
  EXPECT_LT(file_size(folder / "low.jpg"), file_size(folder / "high.jpg"));
}

TEST(Stills, RefusesWhatItCannotWrite) {
  const TempFolder folder;
  const Marked marked;
  const auto text = WriteStill(marked.view(), folder / "a.gif", {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kInvalidArgument);
  EXPECT_THAT(text.error().Text(),
              HasSubstr("the format of pictures must be .jpg or .png, not '.gif'"));
  EXPECT_EQ(WriteStill(marked.view(), folder / "a.png", {.rotation_deg = 45}).error().code,
            Code::kInvalidArgument);
  EXPECT_EQ(WriteStill(marked.view(), folder / "a.png", {.sar = {100000, 1}}).error().code,
            Code::kInvalidArgument);
  EXPECT_EQ(WriteStill(marked.view(), folder / "no" / "a.png", {}).error().code, Code::kIo);
  std::filesystem::create_directory(folder / "taken.png");
  EXPECT_EQ(WriteStill(marked.view(), folder / "taken.png", {}).error().code, Code::kIo);
  const test::SmallDisk disk(100);
  const auto full = WriteStill(marked.view(), folder / "b.png", {});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kIo);
  EXPECT_EQ(test::FilesIn(folder.path()), 1) << "only the folder that was in the way";
}

}  // namespace
}  // namespace reelbatch::media
