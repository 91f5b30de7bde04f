#include "components/cut_detection/cut_arrays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace reelbatch::components {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

CutDetectionResult Sample(int frames) {
  CutDetectionResult cuts;
  for (int frame = 0; frame < frames; ++frame) {
    cuts.timeline.frame_indices.push_back(frame);
    cuts.timeline.pts_s.push_back(frame / 25.0);
  }
  const std::vector<float> values(cuts.timeline.pairs(), 0.5F);
  cuts.signals = {.hist_diff_l1 = values,
                  .ssim_drop = values,
                  .flow_mag = values,
                  .hard_score = values,
                  .threshold_hist = values,
                  .threshold_ssim = values,
                  .threshold_flow = values};
  return cuts;
}

std::vector<std::string> NamesOf(const contracts::ComponentResult& result) {
  std::vector<std::string> names;
  for (const contracts::Tensor& array : result.arrays) names.push_back(array.name);
  return names;
}

// What NumPy reads of them is checked end to end.
TEST(CutArrays, HaveEveryNameOfTheSpecification) {
  const auto result = ToComponentResult(Sample(6));
  ASSERT_TRUE(result);
  EXPECT_THAT(NamesOf(*result), IsSupersetOf({"frame_indices",
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
                                              "event_end_time_s_f64"}));
  EXPECT_THAT(NamesOf(*result), Not(Contains(StartsWith("soft_"))));
  EXPECT_THAT(NamesOf(*result), Not(Contains(StartsWith("motion_flow"))));
}

CutDetectionResult WithParts() {
  CutDetectionResult cuts = Sample(6);
  const size_t pairs = cuts.timeline.pairs();
  const std::vector<float> values(pairs, 0.5F);
  cuts.soft = SoftSignals{.hsv_v = std::vector<float>(pairs + 1, 0.5F),
                          .lab_l = std::vector<float>(pairs + 1, 0.5F),
                          .hist_diff_l1 = values,
                          .flow_mag = values};
  cuts.motion = MotionSignals{.flow_mag = values,
                              .dir_consistency = values,
                              .mag_variance = values,
                              .camera_motion = std::vector<uint8_t>(pairs, 1)};
  return cuts;
}

TEST(CutArrays, HaveThoseOfThePartsThatRan) {
  const auto result = ToComponentResult(WithParts());
  ASSERT_TRUE(result) << result.error().Text();
  EXPECT_THAT(NamesOf(*result),
              IsSupersetOf({"soft_hsv_v", "soft_lab_l", "soft_hist_diff_l1", "soft_flow_mag",
                            "soft_flow_valid_mask", "motion_flow_mag", "motion_dir_consistency",
                            "motion_mag_variance", "motion_camera_motion_flag",
                            "motion_flow_valid_mask", "motion_camera_motion_valid_mask"}));
  CutDetectionResult wrong = WithParts();
  wrong.soft->lab_l.pop_back();
  EXPECT_EQ(ToComponentResult(wrong).error().Text(), "soft_lab_l: has 5 values for 6 frames");
  wrong = WithParts();
  wrong.motion->camera_motion.pop_back();
  EXPECT_EQ(ToComponentResult(wrong).error().Text(),
            "motion_camera_motion_flag: has 4 values for 5 pairs");
}

TEST(CutArrays, TakeNoneAndOneFrame) {
  for (const int frames : {0, 1}) {
    const auto result = ToComponentResult(Sample(frames));
    ASSERT_TRUE(result) << result.error().Text();
    EXPECT_EQ(contracts::FindArray(*result, "event_contrib_mask")->shape,
              (std::vector<int64_t>{0, 4}));
  }
}

TEST(CutArrays, RefuseSignalsOfAnotherLength) {
  CutDetectionResult cuts = Sample(6);
  cuts.signals.threshold_flow.pop_back();
  const auto wrong = ToComponentResult(cuts);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::Code::kInternal);
  EXPECT_EQ(wrong.error().Text(), "threshold_flow: has 4 values for 5 pairs");
}

}  // namespace
}  // namespace reelbatch::components
