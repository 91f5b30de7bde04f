#include "apps/reelbatch/demo_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace reelbatch::app {
namespace {

using testing::HasSubstr;

contracts::Event At(int64_t frame) {
  contracts::Event event;
  event.frame = frame;
  event.confidence = 0.5F;
  return event;
}

KnownCuts Reel() {
  return {.transitions = {{"hard", 9, 10, 10}, {"hard", 11, 12, 12}, {"dissolve", 30, 40, 35}},
          .traps = {{"flash", 50, 50}}};
}

TEST(DemoCheck, EveryCutIsMatchedOnce) {
  const Comparison good = Compare(Reel(), {At(11), At(12)});
  EXPECT_TRUE(good.good());
  EXPECT_EQ(good.hits, 2);
  const Comparison one = Compare(Reel(), {At(11)});
  EXPECT_EQ(one.hits, 1);
  EXPECT_EQ(one.missed, 1);
  EXPECT_FALSE(one.good());
}

TEST(DemoCheck, GradualTransitionsAreNeitherRightNorWrong) {
  const Comparison comparison = Compare(Reel(), {At(10), At(12), At(33), At(41)});
  EXPECT_TRUE(comparison.good());
  EXPECT_THAT(ComparisonText(comparison, false),
              HasSubstr("dissolve 30-40  33 (0.50), 41 (0.50)   gradual"));
}

TEST(DemoCheck, TrapsAndFalseCuts) {
  const Comparison comparison = Compare(Reel(), {At(10), At(12), At(20), At(51)});
  EXPECT_EQ(comparison.false_cuts, 2);
  EXPECT_THAT(ComparisonText(comparison, false), HasSubstr("FALSE: in a trap"));
  EXPECT_THAT(ComparisonText(Compare(Reel(), {}), false), HasSubstr("trap, no false cut"));
}

TEST(DemoCheck, ReadsTruthFilesAndRefusesOthers) {
  const auto path = std::filesystem::path(testing::TempDir()) / "demo_check_truth.json";
  std::ofstream(path)
      << R"({"transitions":[{"type":"hard","start":1,"end":2,"frame":2}],"hard_negatives":[{"kind":"whip","start":5,"end":9}]})";
  const auto known = ReadKnownCuts(path);
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->transitions.at(0).frame, 2);
  EXPECT_EQ(known->traps.at(0).reason, "whip");
  std::ofstream(path) << R"({"transitions":[{"type":"hard"}]})";
  EXPECT_EQ(ReadKnownCuts(path).error().code, base::Code::kCorrupt);
  std::ofstream(path) << "no json";
  EXPECT_EQ(ReadKnownCuts(path).error().code, base::Code::kCorrupt);
  std::filesystem::remove(path);
  EXPECT_EQ(ReadKnownCuts(path).error().code, base::Code::kIo);
}

}  // namespace
}  // namespace reelbatch::app
