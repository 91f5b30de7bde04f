#include "vision/block_search.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "vision/block_search_ref.h"
#include "vision/every_target.h"
#include "vision/fixture_planes.h"

namespace reelbatch::vision {
namespace {

class BlockSearch : public EveryTarget {};
INSTANTIATE_TEST_SUITE_P(Targets, BlockSearch, AllTargets(), TargetName);

TEST_P(BlockSearch, FindsTheTwinsVectors) {
  struct Pair {
    const char* first;
    const char* second;
  };
  // Flat ground, where only length and order decide; shifts; extremes; nothing in common.
  const std::vector<Pair> pairs = {
      {"flat:7:0:0:0", "flat:7:0:0:0"},        {"flat:0:0:0:0", "flat:255:0:0:0"},
      {"texture:1:0:0:3", "texture:1:5:-3:3"}, {"texture:1:0:0:0", "texture:1:-16:16:0"},
      {"blocks:1:0:0:0", "blocks:1:2:2:0"},    {"noise:1:0:0:0", "noise:2:0:0:0"}};
  for (int width = 8; width <= 176; width += 8) {
    const int height = 184 - width;
    for (const auto& [first, second] : pairs) {
      MotionPlane current;
      MotionPlane reference;
      current.Assign(fixture::SyntheticPlane(width, height, first).view());
      reference.Assign(fixture::SyntheticPlane(width, height, second).view());
      std::vector<MotionVector> actual(static_cast<size_t>(current.blocks()));
      std::vector<MotionVector> expected(actual.size());
      SearchHalf(current, reference, actual);
      SearchHalfRef(current, reference, expected);
      ASSERT_EQ(actual, expected) << width << "x" << height << " " << first << " " << second;
    }
  }
}

}  // namespace
}  // namespace reelbatch::vision
