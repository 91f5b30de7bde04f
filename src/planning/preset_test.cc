#include "planning/preset.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

TEST(Preset, BucketsByTheShortSide) {
  EXPECT_EQ(ShortSideBucket(1280, 720), 720);
  EXPECT_EQ(ShortSideBucket(404, 720), 448);
  EXPECT_EQ(ShortSideBucket(160, 120), 160);
  EXPECT_EQ(ShortSideBucket(3840, 2160), 1080);
}

TEST(Preset, AutoGoesBySize) {
  EXPECT_EQ(ChooseKnobs({}, 568, 320).preset, contracts::Preset::kQuality);
  EXPECT_EQ(ChooseKnobs({}, 569, 321).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChooseKnobs({}, 1920, 1080).preset_reason, "S=1080");
}

TEST(Preset, AWishWins) {
  const auto knobs = ChooseKnobs(contracts::Preset::kQuality, 1920, 1080);
  EXPECT_EQ(knobs.preset, contracts::Preset::kQuality);
  EXPECT_EQ(knobs.ssim_max_side, 640);
  EXPECT_EQ(knobs.preset_reason, "asked for");
}

}  // namespace
}  // namespace reelbatch::planning
