#include "costs/subjects.h"

#include <gmock/gmock.h>

#include "costs/keys.h"

namespace reelbatch::costs {
namespace {

TEST(Subjects, PartsHaveTheSeedsNames) {
  EXPECT_EQ(CutPartName({.hard = true, .soft = false, .motion = false}),
            "detect_hard_cuts(cpu_no_deep)");
  EXPECT_EQ(CutPartName({.hard = false, .soft = true, .motion = false}), "detect_soft_cuts(cpu)");
  EXPECT_EQ(CutPartName({.hard = true, .soft = true, .motion = true}),
            "detect_hard_cuts(cpu_no_deep)+detect_soft_cuts(cpu)+detect_motion_based_cuts(cpu)");
}

TEST(Subjects, KnobsAreThoseThatChangeTheCost) {
  EXPECT_EQ(KnobsText(CutDetectionSubject(contracts::KnobsOf(contracts::Preset::kDefault)).knobs),
            "decision=adaptive, flow_max_side=320, hard_cuts_cascade=off, ssim_max_side=512");
  EXPECT_EQ(KnobsText(CutDetectionSubject(contracts::KnobsOf(contracts::Preset::kFast)).knobs),
            "decision=adaptive, flow_max_side=256, hard_cuts_cascade=on, "
            "hard_cuts_cascade_hist_margin=0, "
            "hard_cuts_cascade_keep_top_p=0.25, ssim_max_side=384");
}

TEST(Subjects, ALoopFilterIsAKnobOfDecoding) {
  EXPECT_FALSE(
      contracts::SameKnobs(DecodeSubject("h264", true).knobs, DecodeSubject("h264", false).knobs));
}

}  // namespace
}  // namespace reelbatch::costs
