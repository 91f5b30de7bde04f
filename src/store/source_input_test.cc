#include "store/source_input.h"

#include <gtest/gtest.h>

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;

TEST(RelativeToFolder, BeginsWithTheFoldersOwnName) {
  for (const char* folder : {"/mnt/nas/clips", "/mnt/nas/clips/", "/elsewhere/clips", "clips",
                             "./clips", "x/../clips", "/mnt/./clips/"}) {
    EXPECT_EQ(RelativeToFolder(folder)(fs::path(folder) / "day1/cam.mp4"), "clips/day1/cam.mp4")
        << folder;
  }
  const std::string here = fs::current_path().filename().native();
  EXPECT_EQ(RelativeToFolder(".")("./day1/cam.mp4"), here + "/day1/cam.mp4");
  EXPECT_EQ(RelativeToFolder("/")("/day1/cam.mp4"), "day1/cam.mp4");
  EXPECT_EQ(RelativeToFolder("clips")("clips"), "");
  EXPECT_EQ(RelativeToFolder("clips")("clips2/cam.mp4"), "");
}

TEST(RelativeToCurrent, IsForWhatLiesBelowAlone) {
  EXPECT_EQ(RelativeToCurrent("/data/clips/a.mp4", "/data"), "clips/a.mp4");
  EXPECT_EQ(RelativeToCurrent("/data/clips/a.mp4", "/data/"), "clips/a.mp4");
  EXPECT_EQ(RelativeToCurrent("/clips/a.mp4", "/"), "clips/a.mp4");
  EXPECT_EQ(RelativeToCurrent("/workshop/a.mp4", "/data"), "/workshop/a.mp4");
  EXPECT_EQ(RelativeToCurrent("/data", "/data"), "/data");
  EXPECT_EQ(RelativeToCurrent("/a.mp4", ""), "/a.mp4");
}

}  // namespace
}  // namespace reelbatch::store
