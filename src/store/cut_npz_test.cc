#include "store/cut_npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What numpy.load sees is checked end to end; here: every name is there, and what is wrong is
// refused.
TEST(CutNpz, HasEveryArrayOfTheSpecification) {
  const auto npz = CutNpz(*testing::SampleOutcome().cuts, {});
  ASSERT_TRUE(npz);
  for (const char* name : {"frame_indices",
                           "union_timestamps_sec",
                           "times_s",
                           "pair_times_s",
                           "pair_dt_s",
                           "hist_diff_l1",
                           "ssim_drop",
                           "flow_mag",
                           "hard_score",
                           "deep_cosine_dist",
                           "ssim_valid_mask",
                           "flow_valid_mask",
                           "deep_valid_mask",
                           "threshold_hist",
                           "threshold_ssim",
                           "threshold_flow",
                           "threshold_deep",
                           "event_times_s",
                           "event_start_time_s",
                           "event_end_time_s",
                           "event_strength",
                           "event_type_id",
                           "event_pair_index",
                           "event_contrib_mask",
                           "event_confidence",
                           "times_s_f64",
                           "pair_times_s_f64",
                           "event_times_s_f64",
                           "event_start_time_s_f64",
                           "event_end_time_s_f64",
                           "meta"}) {
    EXPECT_THAT(*npz, HasSubstr(std::string(name) + ".npy"));
  }
  EXPECT_THAT(*npz, Not(HasSubstr("soft_")));
  EXPECT_THAT(*npz, Not(HasSubstr("motion_flow")));
}

contracts::CutDetectionResult WithParts() {
  contracts::CutDetectionResult cuts = *testing::SampleOutcome().cuts;
  const size_t pairs = cuts.timeline.pairs();
  const std::vector<float> values(pairs, 0.5F);
  cuts.soft = contracts::SoftSignals{.hsv_v = std::vector<float>(pairs + 1, 0.5F),
                                     .lab_l = std::vector<float>(pairs + 1, 0.5F),
                                     .hist_diff_l1 = values,
                                     .flow_mag = values};
  cuts.motion = contracts::MotionSignals{.flow_mag = values,
                                         .dir_consistency = values,
                                         .mag_variance = values,
                                         .camera_motion = std::vector<uint8_t>(pairs, 1)};
  return cuts;
}

TEST(CutNpz, HasTheArraysOfThePartsThatRan) {
  const auto npz = CutNpz(WithParts(), {});
  ASSERT_TRUE(npz) << npz.error().Text();
  for (const char* name :
       {"soft_hsv_v", "soft_lab_l", "soft_hist_diff_l1", "soft_flow_mag", "soft_flow_valid_mask",
        "motion_flow_mag", "motion_dir_consistency", "motion_mag_variance",
        "motion_camera_motion_flag", "motion_flow_valid_mask", "motion_camera_motion_valid_mask"}) {
    EXPECT_THAT(*npz, HasSubstr(std::string(name) + ".npy"));
  }
  contracts::CutDetectionResult wrong = WithParts();
  wrong.soft->lab_l.pop_back();
  EXPECT_EQ(CutNpz(wrong, {}).error().Text(), "soft_lab_l: has 5 values for 6 frames");
  wrong = WithParts();
  wrong.motion->camera_motion.pop_back();
  EXPECT_EQ(CutNpz(wrong, {}).error().Text(),
            "motion_camera_motion_flag: has 4 values for 5 pairs");
}

TEST(CutNpz, TakesNoneAndOneFrame) {
  for (const int frames : {0, 1}) {
    const auto npz = CutNpz(*testing::EmptyOutcome(frames).cuts, {});
    ASSERT_TRUE(npz) << npz.error().Text();
    EXPECT_THAT(*npz, HasSubstr("'shape': (0, 4)"));
  }
}

TEST(CutNpz, RefusesSignalsOfAnotherLength) {
  contracts::CutDetectionResult cuts = *testing::SampleOutcome().cuts;
  cuts.signals.threshold_flow.pop_back();
  const auto wrong = CutNpz(cuts, {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::Code::kInternal);
  EXPECT_EQ(wrong.error().Text(), "threshold_flow: has 4 values for 5 pairs");
}

}  // namespace
}  // namespace reelbatch::store
