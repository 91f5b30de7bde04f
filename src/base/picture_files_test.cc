#include "base/picture_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace reelbatch::base {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Pictures : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::path(testing::TempDir()) /
        (std::string("pictures_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void Put(std::initializer_list<const char*> names) const {
    for (const char* name : names) std::ofstream(root_ / name) << "x";
  }

  std::vector<std::string> Names(const fs::path& path) const {
    const auto listed = ListPictures(path);
    std::vector<std::string> names;
    if (!listed) return {listed.error().Text()};
    for (const fs::path& file : listed->files) names.push_back(file.filename().native());
    return names;
  }

  fs::path root_;
};

TEST_F(Pictures, APatternTakesWhatPrintfWouldWrite) {
  Put({"f_0009.png", "f_0010.png", "f_0100.png", "f_10000.png", "f_00011.png", "f_12.png",
       "f_0010.jpg", "g_0010.png", "f_00a1.png"});
  EXPECT_TRUE(NamesPictures(root_ / "f_%04d.png"));
  EXPECT_THAT(Names(root_ / "f_%04d.png"),
              ElementsAre("f_0009.png", "f_0010.png", "f_0100.png", "f_10000.png"));
  EXPECT_THAT(Names(root_ / "f_%d.png"), ElementsAre("f_12.png", "f_10000.png"));
  EXPECT_THAT(Names(root_ / "g_%d.png"), ElementsAre(HasSubstr("g_%04d.png")));
  EXPECT_THAT(Names(root_ / "h_%d.png"), ElementsAre(HasSubstr("no picture")));
}

TEST_F(Pictures, WhatExistsIsNoPattern) {
  Put({"%05d.png", "100%.png", "00001.png"});
  EXPECT_FALSE(NamesPictures(root_ / "%05d.png"));
  EXPECT_TRUE(NamesPictures(root_ / "%06d.png"));
  EXPECT_TRUE(NamesPictures(root_ / "100%%_%d.png"));
  EXPECT_FALSE(NamesPictures(root_ / "%d_%d.png"));
  EXPECT_FALSE(NamesPictures(root_ / "%s.png"));
  EXPECT_FALSE(NamesPictures(root_ / "%3d.png"));
  EXPECT_FALSE(NamesPictures(root_ / "episode_%02d.mp4"));
  EXPECT_FALSE(NamesPictures(root_ / "missing.png"));
  EXPECT_TRUE(NamesPictures(root_));
}

TEST_F(Pictures, AFolderIsInNaturalOrder) {
  Put({"10.png", "2.png", "1.PNG", ".hidden.png", "note.txt"});
  EXPECT_THAT(Names(root_), ElementsAre("1.PNG", "2.png", "10.png"));
  Put({"3.jpg"});
  EXPECT_THAT(Names(root_), ElementsAre(HasSubstr("several formats (.jpg, .png)")));
}

TEST_F(Pictures, JpegIsOneKindByAnyEnding) {
  Put({"1.jpg", "2.JPEG", "3.jpe"});
  EXPECT_THAT(Names(root_), ElementsAre("1.jpg", "2.JPEG", "3.jpe"));
}

TEST(NaturalLess, ComparesNumbersByValue) {
  EXPECT_TRUE(NaturalLess("a2", "a10"));
  EXPECT_FALSE(NaturalLess("a10", "a2"));
  EXPECT_TRUE(NaturalLess("a2b", "a02c"));
  EXPECT_TRUE(NaturalLess("a", "a1"));
  EXPECT_TRUE(NaturalLess("a1b9", "a1b10"));
  EXPECT_TRUE(NaturalLess("99999999999999999999998", "99999999999999999999999"));
  EXPECT_FALSE(NaturalLess("same", "same"));
  EXPECT_NE(NaturalLess("a01", "a1"), NaturalLess("a1", "a01"));
}

TEST(MissingNumbers, NamesGaps) {
  const auto missing = [](std::vector<int64_t> numbers) {
    return MissingNumbers({.files = {}, .numbers = std::move(numbers)});
  };
  EXPECT_EQ(missing({}), "");
  EXPECT_EQ(missing({7}), "");
  EXPECT_EQ(missing({5, 6, 7}), "");
  EXPECT_EQ(missing({10, 20, 30}), "");
  EXPECT_EQ(missing({1, 2, 4}), "number 3 is missing");
  EXPECT_EQ(missing({1, 2, 4, 5, 9}), "numbers 3, 6 to 8 are missing");
  EXPECT_EQ(missing({10, 20, 40}), "number 30 is missing");
  EXPECT_THAT(missing({0, 1, 3, 5, 7, 9, 11, 13}), HasSubstr("10 and 1 more gaps are missing"));
}

TEST_F(Pictures, StemsComeFromTheNameOrTheFolder) {
  fs::create_directories(root_ / "render.v2");
  EXPECT_EQ(PictureStem(root_ / "render.v2" / "%05d.png"), "render.v2");
  EXPECT_EQ(PictureStem(root_ / "render.v2" / "shot_%05d.exr"), "shot");
  EXPECT_EQ(PictureStem(root_ / "render.v2" / "shot.%04d.left.exr"), "shot.left");
  EXPECT_EQ(PictureStem(root_ / "render.v2"), "render.v2");
  EXPECT_EQ(PictureStem((root_ / "render.v2").native() + "/"), "render.v2");
}

TEST_F(Pictures, NumbersOfAFolderAreFound) {
  Put({"v2_0001.png", "v2_0002.png", "v2_0004.png"});
  EXPECT_THAT(ListPictures(root_)->numbers, ElementsAre(1, 2, 4));
  Put({"cover.png"});
  EXPECT_THAT(ListPictures(root_)->numbers, IsEmpty());
}

TEST(NumberingOf, NamesPrefixNumberAndSuffix) {
  const auto of = [](std::vector<std::filesystem::path> files, std::vector<int64_t> numbers) {
    return NumberingOf({.files = std::move(files), .numbers = std::move(numbers)});
  };
  const auto padded = of({"d/a2_007.png", "d/a2_009.png"}, {7, 9});
  ASSERT_TRUE(padded);
  EXPECT_EQ(padded->folder, "d");
  EXPECT_EQ(padded->prefix, "a2_");
  EXPECT_EQ(padded->suffix, ".png");
  EXPECT_EQ(padded->first, 7);
  EXPECT_EQ(padded->step, 2);
  EXPECT_EQ(padded->padding, 3);
  const auto bare = of({"9.png", "10.png"}, {9, 10});
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->prefix, "");
  EXPECT_EQ(bare->padding, 0);
  EXPECT_EQ(of({"3_take1.png", "4_take1.png"}, {3, 4}).value_or(PictureNumbering{}).suffix,
            "_take1.png");
  EXPECT_FALSE(of({"1.png", "2.png", "4.png"}, {1, 2, 4})) << "a gap";
  EXPECT_FALSE(of({"a.png"}, {}));
}

}  // namespace
}  // namespace reelbatch::base
