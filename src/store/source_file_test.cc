#include "store/source_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "base/hash.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;

class SourceFile : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) /
            (std::string("source_file_") +
             ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    for (const char* name : {"1.png", "2.png", "10.png"}) Put(name, name);
  }
  void TearDown() override { fs::remove_all(root_); }

  void Put(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  std::string Content() const { return ContentSha256(root_ / "%d.png", nullptr).value_or("none"); }

  fs::path root_;
};

TEST_F(SourceFile, TheContentOfASequenceIsAllItsFilesInOrder) {
  std::string lines;
  for (const char* text : {"1.png", "2.png", "10.png"}) lines += base::Sha256Hex(text) + "\n";
  EXPECT_EQ(Content(), base::Sha256Hex(lines));
  EXPECT_EQ(ContentSha256(root_, nullptr), Content());
  EXPECT_EQ(ContentSha256(root_ / "1.png", nullptr), base::Sha256Hex("1.png"));
  Put("2.png", "other");
  EXPECT_NE(Content(), base::Sha256Hex(lines));
}

TEST_F(SourceFile, TheStatOfASequenceChangesWithAnyFile) {
  const fs::path pattern = root_ / "%d.png";
  const SourceStat before = StatSource(pattern).value();
  EXPECT_EQ(before.size, 16);
  EXPECT_EQ(StatSource(pattern).value(), before);
  EXPECT_EQ(StatSource(root_).value(), before);
  fs::last_write_time(root_ / "2.png",
                      fs::last_write_time(root_ / "2.png") - std::chrono::hours(1));
  const SourceStat touched = StatSource(pattern).value();
  EXPECT_NE(touched, before);
  fs::remove(root_ / "10.png");
  EXPECT_NE(StatSource(pattern).value(), touched);
}

TEST_F(SourceFile, WhatIsNotThereIsIo) {
  EXPECT_EQ(StatSource(root_ / "%04d.png").error().code, base::Code::kIo);
  EXPECT_EQ(ContentSha256(root_ / "none.png", nullptr).error().code, base::Code::kIo);
  fs::create_directories(root_ / "empty");
  EXPECT_EQ(StatSource(root_ / "empty").error().code, base::Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
