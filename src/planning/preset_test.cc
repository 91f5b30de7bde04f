#include "planning/preset.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

using contracts::Overload;

TEST(Preset, AutoGoesBySize) {
  EXPECT_EQ(ChooseKnobs({}, 568, 320, Overload::kNone).preset, contracts::Preset::kQuality);
  EXPECT_EQ(ChooseKnobs({}, 569, 321, Overload::kNone).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChooseKnobs({}, 1920, 1080, Overload::kNone).preset_reason, "S=1080");
}

TEST(Preset, DeclaredOverloadMakesLargeVideosFast) {
  const auto knobs = ChooseKnobs({}, 1920, 1080, Overload::kEmergency);
  EXPECT_EQ(knobs.preset, contracts::Preset::kFast);
  EXPECT_EQ(knobs.flow_max_side, 256);
  EXPECT_TRUE(knobs.hard_cuts_cascade);
  EXPECT_EQ(knobs.preset_reason, "S=1080, --emergency-fast");
  EXPECT_EQ(ChooseKnobs({}, 1280, 720, Overload::kEmergency).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChooseKnobs({}, 1282, 721, Overload::kEmergency).preset, contracts::Preset::kFast);
  EXPECT_EQ(ChooseKnobs({}, 1282, 721, Overload::kNone).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChooseKnobs(contracts::Preset::kQuality, 1920, 1080, Overload::kEmergency).preset,
            contracts::Preset::kQuality);
}

TEST(Preset, ADeadlineMakesAVideoFastAndSaysSo) {
  EXPECT_EQ(ChooseKnobs({}, 1920, 1080, Overload::kDeadline).preset_reason, "S=1080, --deadline");
  EXPECT_EQ(ChooseKnobs({}, 1280, 720, Overload::kDeadline).preset, contracts::Preset::kDefault);
}

TEST(Preset, AWishWins) {
  const auto knobs = ChooseKnobs(contracts::Preset::kQuality, 1920, 1080, Overload::kNone);
  EXPECT_EQ(knobs.preset, contracts::Preset::kQuality);
  EXPECT_EQ(knobs.ssim_max_side, 640);
  EXPECT_EQ(knobs.preset_reason, "asked for");
}

}  // namespace
}  // namespace reelbatch::planning
