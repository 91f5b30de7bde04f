#include "planning/preset.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

TEST(Preset, AutoGoesBySize) {
  EXPECT_EQ(ChooseKnobs({}, 568, 320, false).preset, contracts::Preset::kQuality);
  EXPECT_EQ(ChooseKnobs({}, 569, 321, false).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChooseKnobs({}, 1920, 1080, false).preset_reason, "S=1080");
}

TEST(Preset, DeclaredOverloadMakesLargeVideosFast) {
  const auto knobs = ChooseKnobs({}, 1920, 1080, true);
  EXPECT_EQ(knobs.preset, contracts::Preset::kFast);
  EXPECT_EQ(knobs.flow_max_side, 256);
  EXPECT_TRUE(knobs.hard_cuts_cascade);
  EXPECT_EQ(knobs.preset_reason, "S=1080, --emergency-fast");
  EXPECT_EQ(ChooseKnobs({}, 1280, 720, true).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChooseKnobs({}, 1282, 721, true).preset, contracts::Preset::kFast);
  EXPECT_EQ(ChooseKnobs({}, 1282, 721, false).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChooseKnobs(contracts::Preset::kQuality, 1920, 1080, true).preset,
            contracts::Preset::kQuality);
}

TEST(Preset, AWishWins) {
  const auto knobs = ChooseKnobs(contracts::Preset::kQuality, 1920, 1080, false);
  EXPECT_EQ(knobs.preset, contracts::Preset::kQuality);
  EXPECT_EQ(knobs.ssim_max_side, 640);
  EXPECT_EQ(knobs.preset_reason, "asked for");
}

}  // namespace
}  // namespace reelbatch::planning
