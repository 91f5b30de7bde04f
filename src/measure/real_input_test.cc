#include "measure/real_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "base/test_folder.h"

namespace reelbatch::measure {
namespace {

namespace fs = std::filesystem;

const base::CancelToken kNeverCancel;

/// A clip of Debian's ffmpeg.
fs::path Clip(const base::testing::TempFolder& folder, const std::string& name,
              const std::string& options) {
  const fs::path path = folder.path() / name;
  const std::string command = "ffmpeg -v error -nostdin -y " + options + " '" + path.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  return path;
}

double MeanOf(const FrameStack& stack, int frame) {
  const image::ImageView<uint8_t> y = stack.frame(frame).view.y;
  double sum = 0;
  for (int row = 0; row < y.height; ++row) {
    for (int x = 0; x < y.width; ++x) sum += y.row(row)[x];
  }
  return sum / y.width / y.height;
}

class RealInput : public testing::Test {
 protected:
  base::testing::TempFolder folder_;
  FrameStack stack_ = std::move(*FrameStack::Make({.width = 96, .height = 54, .frames = 64}));
};

TEST_F(RealInput, TakesStretchesAsLongAsShots) {
  const std::vector<fs::path> videos = {
      Clip(folder_, "dark.mp4", "-f lavfi -i color=black:s=64x48:r=25:d=2 -pix_fmt yuv420p"),
      Clip(folder_, "light.mkv", "-f lavfi -i color=white:s=320x200:r=25:d=2 -pix_fmt yuv420p")};
  const auto filled = FillFromVideos(stack_, videos, kNeverCancel);
  ASSERT_TRUE(filled) << filled.error().Text();
  for (int frame = 0; frame < 64; ++frame) {
    EXPECT_NEAR(MeanOf(stack_, frame), frame < 32 ? 16 : 235, 2) << frame;
  }
}

TEST_F(RealInput, AShortVideoIsShownAgain) {
  const std::vector<fs::path> videos = {
      Clip(folder_, "short.mp4", "-f lavfi -i testsrc2=s=64x48:r=25 -frames:v 1 -pix_fmt yuv420p")};
  ASSERT_TRUE(FillFromVideos(stack_, videos, kNeverCancel));
  for (int frame = 1; frame < 64; ++frame) EXPECT_EQ(MeanOf(stack_, frame), MeanOf(stack_, 0));
  EXPECT_GT(MeanOf(stack_, 0), 30);
}

TEST_F(RealInput, NamesWhatCannotBeMeasured) {
  const auto missing =
      FillFromVideos(stack_, std::vector<fs::path>{folder_.path() / "none.mp4"}, kNeverCancel);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::Code::kIo);
  const fs::path full =
      Clip(folder_, "full.mkv", "-f lavfi -i testsrc2=s=64x48:r=25:d=1 -c:v ffv1 -pix_fmt yuv444p");
  const auto refused = FillFromVideos(stack_, std::vector<fs::path>{full}, kNeverCancel);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(refused.error().Text(), testing::HasSubstr("full.mkv"));
  EXPECT_EQ(FillFromVideos(stack_, {}, kNeverCancel).error().code, base::Code::kInvalidArgument);
}

}  // namespace
}  // namespace reelbatch::measure
