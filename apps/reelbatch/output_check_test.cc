#include "apps/reelbatch/output_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OutputCheck : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::path(testing::TempDir()) /
        (std::string("outputs_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_ / "folder");
    for (const char* name : {"w.mp4", "folder/w-Scene-001.mp4", "taken", "list.txt"})
      std::ofstream(root_ / name) << "x";
  }
  void TearDown() override {
    fs::permissions(root_ / "folder", fs::perms::owner_all);
    fs::remove_all(root_);
  }

  base::Error OfFile(const fs::path& path) const {
    return Error({.files = {{"--csv", path}}, .folders = {}});
  }
  base::Error OfFolder(OutputPlan::Folder folder) const {
    return Error({.files = {}, .folders = {std::move(folder)}});
  }
  base::Error Error(const OutputPlan& plan) const {
    InputList inputs;
    inputs.videos = {root_ / "w.mp4", root_ / "folder/w-Scene-001.mp4", root_ / "missing.mp4"};
    inputs.lists = {root_ / "list.txt"};
    const base::Status checked = CheckOutputs(plan, inputs);
    return checked ? base::Error{base::Code::kInternal, ""} : checked.error();
  }

  fs::path root_;
};

TEST_F(OutputCheck, AVideoIsNeverAnOutput) {
  fs::create_symlink(root_ / "w.mp4", root_ / "soft");
  fs::create_hard_link(root_ / "w.mp4", root_ / "hard");
  for (const char* name : {"w.mp4", "folder/../w.mp4", "soft", "hard", "missing.mp4"}) {
    EXPECT_EQ(OfFile(root_ / name).code, base::Code::kInvalidArgument) << name;
    EXPECT_THAT(OfFile(root_ / name).Text(), HasSubstr("--csv: would overwrite the video")) << name;
  }
  EXPECT_EQ(OfFile(root_ / "w.csv").message, "");
}

TEST_F(OutputCheck, NorIsAList) {
  fs::create_hard_link(root_ / "list.txt", root_ / "hard");
  for (const char* name : {"list.txt", "hard"}) {
    EXPECT_EQ(OfFile(root_ / name).code, base::Code::kInvalidArgument) << name;
    EXPECT_THAT(OfFile(root_ / name).Text(), HasSubstr("--csv: would overwrite the list")) << name;
  }
}

TEST_F(OutputCheck, NorAFileOfAFolderOfOutputs) {
  EXPECT_THAT(OfFolder({.option = "--csv", .path = root_, .names = {"w.mp4"}}).Text(),
              HasSubstr("overwrite"));
  const auto split = [&](const fs::path& folder, std::vector<OutputPlan::Scenes> scenes) {
    return OfFolder({.option = "--split", .path = folder, .scenes = std::move(scenes)});
  };
  EXPECT_THAT(split(root_ / "folder", {{"v", ".mp4"}, {"w", ".mp4"}}).Text(),
              HasSubstr("overwrite"));
  EXPECT_EQ(split(root_ / "folder", {{"v", ".mp4"}, {"w", ".jpg"}}).message, "");
  EXPECT_EQ(split(root_ / "new/below", {{"w", ".mp4"}}).message, "");
}

TEST_F(OutputCheck, TheFolderOfAFileMustBeThere) {
  const base::Error missing = OfFile(root_ / "none/a.csv");
  EXPECT_EQ(missing.code, base::Code::kInvalidArgument);
  EXPECT_THAT(missing.Text(), HasSubstr("/none does not exist: create it first, or use --csv="));
  EXPECT_EQ(OfFile(root_ / "taken/a.csv").code, base::Code::kIo);
  EXPECT_EQ(OfFile("/dev/null").message, "");
}

TEST_F(OutputCheck, WhatIsInTheWayOrClosedIsTheEnvironments) {
  EXPECT_EQ(OfFolder({.option = "--images", .path = root_ / "taken"}).code, base::Code::kIo);
  EXPECT_EQ(OfFolder({.option = "--images", .path = root_ / "taken/below"}).code, base::Code::kIo);
  if (geteuid() == 0) return;  // nothing is closed to root
  fs::permissions(root_ / "folder", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(OfFile(root_ / "folder/a.csv").code, base::Code::kIo);
  EXPECT_EQ(OfFolder({.option = "--images", .path = root_ / "folder/new"}).code, base::Code::kIo);
}

TEST_F(OutputCheck, TwoFormsNeedTwoFiles) {
  const OutputPlan plan{.files = {{"--csv", root_ / "a"}, {"--edl", root_ / "folder/../a"}},
                        .folders = {}};
  EXPECT_EQ(Error(plan).code, base::Code::kInvalidArgument);
  EXPECT_THAT(Error(plan).Text(), HasSubstr("--edl: another output format"));
}

}  // namespace
}  // namespace reelbatch::app
