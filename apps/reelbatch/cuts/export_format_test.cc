#include "apps/reelbatch/cuts/export_format.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

TEST(DistinctStems, NumbersWhatIsEqual) {
  const std::vector<fs::path> videos = {"a/clip.mp4", "b/clip.mkv", "clip-3.mp4", "c/clip.ts",
                                        "d/clip.ts",  "clip-2.mp4", "other.mp4"};
  EXPECT_THAT(DistinctStems(videos),
              ElementsAre("clip", "clip-2", "clip-3", "clip-4", "clip-5", "clip-2-2", "other"));
}

// Trying every number from 2 for each of them takes 5 billion look-ups: minutes, not a second.
TEST(DistinctStems, OfAHundredThousandEqualNames) {
  constexpr size_t kMany = 100'000;
  std::vector<fs::path> videos;
  videos.reserve(kMany);
  for (size_t i = 0; i < kMany; ++i) videos.emplace_back(fmt::format("{}/clip.mp4", i));
  const std::vector<std::string> stems = DistinctStems(videos);
  EXPECT_EQ(stems[1], "clip-2");
  EXPECT_EQ(stems.back(), "clip-100000");
  EXPECT_EQ(std::set<std::string>(stems.begin(), stems.end()).size(), kMany);
}

}  // namespace
}  // namespace reelbatch::app
