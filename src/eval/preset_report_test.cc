#include "eval/preset_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::eval {
namespace {

TEST(ToleranceSeconds, IsAFrameAndAHalfButNotLessThanATwentieth) {
  EXPECT_DOUBLE_EQ(ToleranceSeconds({0, 0.01, 0.02}), 0.05);
  EXPECT_DOUBLE_EQ(ToleranceSeconds({0, 0.5, 1.0, 1.5}), 0.75);
  EXPECT_DOUBLE_EQ(ToleranceSeconds({3}), 0.05);
}

TEST(CompareTimes, MatchesOneToOne) {
  EXPECT_EQ(CompareTimes({1.0, 1.04, 5}, {1.02, 1.06, 9}, 0.05), (Counts{2, 1, 1}));
  EXPECT_EQ(CompareTimes({}, {}, 0.05), (Counts{0, 0, 0}));
}

TEST(PresetReport, HasTheOriginsFields) {
  const std::vector<PresetTimes> videos{
      {.video_id = "a",
       .video_path = "clips/a.mp4",
       .frames = 100,
       .tolerance_s = 0.06,
       .times_s = {{"default", {1, 2}}, {"fast", {1.05}}, {"quality", {1, 2, 3}}}}};
  const auto report = PresetReport(videos, "default", "2026-11-23T00:00:00Z", "native");
  EXPECT_EQ(report["presets"], base::Json({"default", "fast", "quality"}));
  const auto& video = report["videos"][0];
  EXPECT_EQ(video["subset_n"], 100);
  EXPECT_EQ(video["preset_results"]["quality"]["events_n"], 3);
  EXPECT_FALSE(video["comparisons_vs_ref"].contains("default"));
  const auto& fast = video["comparisons_vs_ref"]["fast"];
  EXPECT_EQ(fast["tp"], 1);
  EXPECT_EQ(fast["fn"], 1);
  EXPECT_EQ(fast["recall"], 0.5);
  EXPECT_EQ(fast["matches"][0]["pred_s"], 1.05);
  EXPECT_EQ(report["stitched"]["quality"]["fp"], 1);
  EXPECT_TRUE(PresetReport({}, "default", "", "native")["videos"].empty());
}

}  // namespace
}  // namespace reelbatch::eval
