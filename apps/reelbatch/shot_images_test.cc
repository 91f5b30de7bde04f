#include "apps/reelbatch/shot_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/reelbatch/cuts/export_format.h"

namespace reelbatch::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

contracts::Shot Between(int64_t start, int64_t end) {
  contracts::Shot shot;
  shot.start_frame = start;
  shot.end_frame = end;
  return shot;
}

TEST(ShotImages, ChoosesFrames) {
  EXPECT_THAT(FramesOfShot(Between(10, 20), 1), ElementsAre(15));
  EXPECT_THAT(FramesOfShot(Between(10, 20), 2), ElementsAre(10, 19));
  EXPECT_THAT(FramesOfShot(Between(10, 20), 3), ElementsAre(10, 15, 19));
  EXPECT_THAT(FramesOfShot(Between(10, 11), 3), ElementsAre(10, 10, 10));
  EXPECT_THAT(FramesOfShot(Between(0, 101), 5), ElementsAre(0, 25, 50, 75, 100));
}

TEST(ShotImages, NamesThemAsPySceneDetectDoes) {
  EXPECT_EQ(ImageName("clip", 1, 12, 1), "clip-Scene-001-01");
  EXPECT_EQ(ImageName("clip", 12, 12345, 3), "clip-Scene-00012-03");
}

TEST(ExportFormat, OneFormOnStdout) {
  const auto formats = ExportFormats();
  const std::vector<ExportRequest> two = {{&formats[1], "-"}, {&formats[2], "-"}};
  const auto checked = CheckExports(two, 1);
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, base::Code::kInvalidArgument);
  EXPECT_EQ(checked.error().Text(),
            "--edl: only one output format can go to stdout; write --edl=FILE or --csv=FILE");
  const std::vector<ExportRequest> files = {{&formats[1], "a.csv"}, {&formats[2], "-"}};
  EXPECT_TRUE(CheckExports(files, 1).has_value());
}

TEST(ExportFormat, SeveralVideosNeedAFolder) {
  const auto formats = ExportFormats();
  EXPECT_THAT(CheckExports(std::vector<ExportRequest>{{&formats[1], "-"}}, 2).error().Text(),
              HasSubstr("--csv=FOLDER/"));
  EXPECT_THAT(CheckExports(std::vector<ExportRequest>{{&formats[1], "a.csv"}}, 2).error().Text(),
              HasSubstr("2 videos"));
  EXPECT_TRUE(CheckExports(std::vector<ExportRequest>{{&formats[1], "out/"}}, 2).has_value());
  EXPECT_TRUE(CheckExports(std::vector<ExportRequest>{{&formats[0], "-"}}, 2).has_value());
  EXPECT_EQ(ExportPath({&formats[5], "out/"}, "clip"), "out/clip.chapters.txt");
  EXPECT_EQ(ExportPath({&formats[1], "x.csv"}, "clip"), "x.csv");
}

TEST(ExportFormat, AMisplacedFileGetsAdvice) {
  const auto formats = ExportFormats();
  const std::vector<ExportRequest> csv = {{&formats[1], "-"}};
  EXPECT_THAT(MisplacedTarget(csv, std::vector<std::string>{"clip.mp4", "none.csv"}).value(),
              HasSubstr("--csv=none.csv"));
  EXPECT_FALSE(MisplacedTarget(csv, std::vector<std::string>{"clip.mp4"}));
}

TEST(ExportFormat, StemsAreMadeDifferent) {
  const std::vector<std::filesystem::path> videos = {"a/clip.mp4", "b/clip.mkv", "c d.mp4"};
  EXPECT_THAT(DistinctStems(videos), ElementsAre("clip", "clip-2", "c_d"));
}

}  // namespace
}  // namespace reelbatch::app
