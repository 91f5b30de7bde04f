#include "base/suggest.h"

#include <gtest/gtest.h>

namespace reelbatch::base {
namespace {

TEST(Suggest, CountsEdits) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("run", ""), 3);
  EXPECT_EQ(EditDistance("rnu", "run"), 1);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
  EXPECT_EQ(EditDistance(std::string(100000, 'a'), std::string(100000, 'b')), 64);
}

TEST(Suggest, FindsTheNearest) {
  const std::vector<std::string> presets = {"auto", "default", "quality"};
  EXPECT_EQ(Nearest("defualt", presets), "default");
  EXPECT_EQ(Nearest("qual", presets), "quality");
  EXPECT_EQ(Nearest("fast", presets), "");
  EXPECT_EQ(Nearest("", presets), "");
  EXPECT_EQ(DidYouMean("aut", presets), "; did you mean 'auto'?");
  EXPECT_EQ(DidYouMean("something else", presets), "");
}

TEST(Suggest, APrefixOfTwoIsJudgedByDistance) {
  const std::vector<std::string> options = {"--analysis-fps", "--analysis-width"};
  EXPECT_EQ(Nearest("--analysis-fsp", options), "--analysis-fps");
  EXPECT_EQ(Nearest("--analysis-f", options), "--analysis-fps");
}

}  // namespace
}  // namespace reelbatch::base
