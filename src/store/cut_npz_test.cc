#include "store/cut_npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

using ::testing::HasSubstr;

// What numpy.load sees is checked end to end; here: every name is there, and what is wrong is refused.
TEST(CutNpz, HasEveryArrayOfTheSpecification) {
  const auto npz = CutNpz(*testing::SampleOutcome().cuts, {});
  ASSERT_TRUE(npz);
  for (const char* name :
       {"frame_indices", "union_timestamps_sec", "times_s", "pair_times_s", "pair_dt_s", "hist_diff_l1", "ssim_drop",
        "flow_mag", "hard_score", "deep_cosine_dist", "ssim_valid_mask", "flow_valid_mask", "deep_valid_mask",
        "threshold_hist", "threshold_ssim", "threshold_flow", "threshold_deep", "event_times_s",
        "event_start_time_s", "event_end_time_s", "event_strength", "event_type_id", "event_pair_index",
        "event_contrib_mask", "event_confidence", "meta"}) {
    EXPECT_THAT(*npz, HasSubstr(std::string(name) + ".npy"));
  }
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
