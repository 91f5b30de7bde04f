#include "components/cut_detection/cut_costs.h"

#include <gmock/gmock.h>

namespace reelbatch::components {
namespace {

TEST(CutCosts, PartsHaveTheSeedsNames) {
  EXPECT_EQ(CutPartName({.hard = true, .soft = false, .motion = false}),
            "detect_hard_cuts(cpu_no_deep)");
  EXPECT_EQ(CutPartName({.hard = false, .soft = true, .motion = false}), "detect_soft_cuts(cpu)");
  EXPECT_EQ(CutPartName({.hard = true, .soft = true, .motion = true}),
            "detect_hard_cuts(cpu_no_deep)+detect_soft_cuts(cpu)+detect_motion_based_cuts(cpu)");
}

TEST(CutCosts, KnobsAreThoseThatChangeTheCost) {
  using contracts::SameKnobs;
  const std::string adaptive = "adaptive";
  EXPECT_TRUE(SameKnobs(CutDetectionSubject(KnobsOf(contracts::Preset::kDefault)).knobs,
                        {{"decision", adaptive},
                         {"flow_max_side", int64_t{320}},
                         {"hard_cuts_cascade", false},
                         {"ssim_max_side", int64_t{512}}}));
  EXPECT_TRUE(SameKnobs(CutDetectionSubject(KnobsOf(contracts::Preset::kFast)).knobs,
                        {{"decision", adaptive},
                         {"flow_max_side", int64_t{256}},
                         {"hard_cuts_cascade", true},
                         {"hard_cuts_cascade_hist_margin", 0.0},
                         {"hard_cuts_cascade_keep_top_p", 0.25},
                         {"ssim_max_side", int64_t{384}}}));
}

TEST(CutCosts, StepsAreRowsOfTheirOwn) {
  const MeasuredWork work = MeasuredCuts({"soft"}, contracts::Preset::kDefault);
  EXPECT_EQ(work.subject.component_part, "detect_soft_cuts(cpu)");
  EXPECT_EQ(work.steps.back().name, "postprocess_only(cached_features)");
  const contracts::CostSubject step = work.step_subject(work.steps.front().name);
  EXPECT_EQ(step.component_part, "feature_histogram_diff_only");
  EXPECT_EQ(step.notes, "step of detect_soft_cuts(cpu)");
}

}  // namespace
}  // namespace reelbatch::components
