#include "eval/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::eval {
namespace {

using testing::HasSubstr;

Row SampleRow() {
  Truth truth;
  truth.name = "a \"b\"";
  truth.fps = {.num = 25, .den = 1};
  truth.frames = 1500;
  truth.transitions = {{.kind = Kind::kHard, .start = 9, .end = 10, .frame = 10}};
  const Prediction cut{.kind = Kind::kHard, .start = 10, .end = 10, .frame = 10};
  return {.name = "ours", .clips = {ScoreClip(truth, {cut}, {})}, .notes = {}};
}

TEST(Report, JsonHasNullWhereNothingWasCounted) {
  const auto json = JsonOf(SampleRow());
  EXPECT_EQ(json["total"]["hard_F1"], 1.0);
  EXPECT_TRUE(json["total"]["soft_R"].is_null());
  EXPECT_TRUE(json["total"]["by_type"]["wipe"]["R"].is_null());
  EXPECT_EQ(json["clips"]["a \"b\""]["hard_tp"], 1);
  EXPECT_TRUE(JsonOf({.name = "none", .clips = {}, .notes = {}})["total"]["hard_F1"].is_null());
}

TEST(Report, CsvHasALinePerClipAndOneForAll) {
  const std::vector<Row> rows{SampleRow()};
  const std::string csv = CsvOf(rows);
  EXPECT_THAT(csv, testing::StartsWith("row,clip,hard,hard_tp,"));
  EXPECT_THAT(csv, HasSubstr("\n\"ours\",\"a \"\"b\"\"\",1,1,"));
  EXPECT_THAT(csv, HasSubstr("\n\"ours\",\"*\",1,1,"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 3);
}

TEST(Report, FiguresHaveNames) {
  const Score score = Pool(SampleRow().clips);
  EXPECT_EQ(FigureOf(score, "hard_F1"), 1.0);
  EXPECT_EQ(FigureOf(score, "soft_R"), std::nullopt);
  EXPECT_EQ(FigureOf(score, "beauty"), std::nullopt);
  EXPECT_THAT(FigureNames(), testing::Contains("all_F1"));
}

}  // namespace
}  // namespace reelbatch::eval
