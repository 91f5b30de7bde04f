#include "apps/reelbatch/scene_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SceneFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::path(testing::TempDir()) /
        (std::string("scenes_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    for (const char* name :
         {"a-Scene-001.mp4", "a-Scene-0012.mkv", "a-Scene-001-01.jpg", "a-Scene-001-02.png",
          "a-Scene-001-Scene-001.mp4", "ab-Scene-001.mp4", "a-Scene-x.mp4", "a-Scene-001.mp4.part",
          "a.mp4", ".a-Scene-001.mp4", "a-Scene-003.jpg"})
      std::ofstream(root_ / name) << "x";
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path root_;
};

TEST_F(SceneFilesTest, FindsTheFilesOfOneStemAndKind) {
  EXPECT_THAT(FindScenes({.folder = root_, .stem = "a"}),
              ElementsAre("a-Scene-001.mp4", "a-Scene-0012.mkv"));
  EXPECT_THAT(FindScenes({.folder = root_, .stem = "a", .pictures = true}),
              ElementsAre("a-Scene-001-01.jpg", "a-Scene-001-02.png"));
  EXPECT_THAT(FindScenes({.folder = root_, .stem = "a-Scene-001"}),
              ElementsAre("a-Scene-001-Scene-001.mp4"));
  EXPECT_THAT(FindScenes({.folder = root_, .stem = "b"}), IsEmpty());
  EXPECT_THAT(FindScenes({.folder = root_ / "none", .stem = "a"}), IsEmpty());
}

TEST_F(SceneFilesTest, RefusesWithNamesAndTheRemedy) {
  const auto checked = CheckNoScenes({.folder = root_, .stem = "a"}, "--split");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(checked.error().Text(),
              HasSubstr("already has a-Scene-001.mp4 and a-Scene-0012.mkv"));
  EXPECT_THAT(checked.error().Text(), HasSubstr("--overwrite"));
  EXPECT_TRUE(CheckNoScenes({.folder = root_, .stem = "c"}, "--split"));
}

TEST(SomeNames, NamesThree) {
  EXPECT_EQ(SomeNames({"a"}), "a");
  EXPECT_EQ(SomeNames({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(SomeNames({"a", "b", "c", "d", "e"}), "a, b, c and 2 more");
}

}  // namespace
}  // namespace reelbatch::app
