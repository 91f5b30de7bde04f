#include "eval/scenes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::eval {
namespace {

using testing::HasSubstr;

TEST(SweepScenes, AnyOverlapIsAHitAndBothAdvance) {
  EXPECT_EQ(SweepScenes({{9, 10}}, {{9, 10}}, 0), (Counts{1, 0, 0}));
  EXPECT_EQ(SweepScenes({{9, 10}}, {{10, 11}}, 0), (Counts{0, 1, 1}));
  EXPECT_EQ(SweepScenes({{9, 10}}, {{10, 11}}, 1), (Counts{1, 0, 0}));
  EXPECT_EQ(SweepScenes({{9, 10}, {99, 100}}, {{5, 6}, {99, 120}, {110, 111}}, 2),
            (Counts{1, 2, 1}));
  EXPECT_EQ(SweepScenes({}, {{5, 6}}, 2), (Counts{0, 1, 0}));
  EXPECT_EQ(SweepScenes({}, {}, 2), (Counts{0, 0, 0}));
}

TEST(CheckFixture, AgreesOrDiffers) {
  const std::string videos =
      R"("videos": {"a": {"gt": [[0, 9], [10, 19]], "pred": [[0, 9], [10, 19]]}})";
  const auto rows = CheckFixture(
      "{" + videos +
          R"(, "expected": {"0": {"tp": 1, "fp": 0, "fn": 0, "f1": 1.0}, "2": {"tp": 2, "fp": 0, "fn": 0, "f1": 1.0}}})",
      "f.json");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_TRUE((*rows)[0].agrees);
  EXPECT_FALSE((*rows)[1].agrees);
}

TEST(CheckFixture, SaysWhatIsWrong) {
  EXPECT_THAT(CheckFixture("[]", "f.json").error().Text(), HasSubstr("f.json: must be an object"));
  EXPECT_THAT(
      CheckFixture(R"({"videos": {"a": {"gt": [[0]], "pred": []}}, "expected": {}})", "f.json")
          .error()
          .Text(),
      HasSubstr("videos.a.gt: must be a list of [first frame, last frame]"));
  EXPECT_THAT(CheckFixture(R"({"videos": {}, "expected": {}})", "f.json").error().Text(),
              HasSubstr("videos"));
}

}  // namespace
}  // namespace reelbatch::eval
