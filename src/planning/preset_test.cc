#include "planning/preset.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

using contracts::Overload;

TEST(Preset, AutoGoesBySize) {
  EXPECT_EQ(ChoosePreset({}, 568, 320, Overload::kNone).preset, contracts::Preset::kQuality);
  EXPECT_EQ(ChoosePreset({}, 569, 321, Overload::kNone).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChoosePreset({}, 1920, 1080, Overload::kNone).reason, "S=1080");
}

TEST(Preset, DeclaredOverloadMakesLargeVideosFast) {
  const auto choice = ChoosePreset({}, 1920, 1080, Overload::kEmergency);
  EXPECT_EQ(choice.preset, contracts::Preset::kFast);
  EXPECT_EQ(choice.reason, "S=1080, --emergency-fast");
  EXPECT_EQ(ChoosePreset({}, 1280, 720, Overload::kEmergency).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChoosePreset({}, 1282, 721, Overload::kEmergency).preset, contracts::Preset::kFast);
  EXPECT_EQ(ChoosePreset({}, 1282, 721, Overload::kNone).preset, contracts::Preset::kDefault);
  EXPECT_EQ(ChoosePreset(contracts::Preset::kQuality, 1920, 1080, Overload::kEmergency).preset,
            contracts::Preset::kQuality);
}

TEST(Preset, ADeadlineMakesAVideoFastAndSaysSo) {
  EXPECT_EQ(ChoosePreset({}, 1920, 1080, Overload::kDeadline).reason, "S=1080, --deadline");
  EXPECT_EQ(ChoosePreset({}, 1280, 720, Overload::kDeadline).preset, contracts::Preset::kDefault);
}

TEST(Preset, AWishWins) {
  const auto choice = ChoosePreset(contracts::Preset::kQuality, 1920, 1080, Overload::kNone);
  EXPECT_EQ(choice.preset, contracts::Preset::kQuality);
  EXPECT_EQ(choice.reason, "asked for");
}

}  // namespace
}  // namespace reelbatch::planning
