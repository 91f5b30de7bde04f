#include "costs/calibration.h"

#include <gmock/gmock.h>

namespace reelbatch::costs {
namespace {

CalibrationSample Sample(const char* component, const char* bucket, std::optional<double> predicted,
                         std::optional<double> actual) {
  return {.component = component,
          .part = "",
          .bucket = bucket,
          .preset = "default",
          .predicted_ms = predicted,
          .actual_ms = actual};
}

TEST(Calibration, GathersByKeyByComponentAndOverAll) {
  const Calibration found = Calibrate(
      {Sample("decode", "1280x720", 110, 100), Sample("decode", "1280x720", 180, 200),
       Sample("decode", "640x360", 50, 50), Sample("cut_detection", "1280x720", 130, 100)},
      {}, {});
  ASSERT_EQ(found.keys.size(), 3U);
  const CalibrationKey& decode = found.keys[1];
  EXPECT_EQ(decode.component, "decode");
  EXPECT_EQ(decode.videos, 2);
  EXPECT_NEAR(decode.mape, 0.1, 1e-12);
  EXPECT_NEAR(decode.bias(), 290.0 / 300 - 1, 1e-12);
  ASSERT_EQ(found.components.size(), 2U);
  EXPECT_EQ(found.components[1].videos, 3);
  EXPECT_EQ(found.total.videos, 4);
  EXPECT_NEAR(found.total.bias(), 470.0 / 450 - 1, 1e-12);
}

TEST(Calibration, CountsWhatNobodyPredicted) {
  const Calibration found =
      Calibrate({Sample("decode", "a", std::nullopt, 100), Sample("decode", "a", 90, 100),
                 Sample("decode", "a", 90, std::nullopt), Sample("decode", "a", 90, 0)},
                {}, {});
  ASSERT_EQ(found.keys.size(), 1U);
  EXPECT_EQ(found.keys[0].videos, 2);
  EXPECT_EQ(found.keys[0].not_predicted, 1);
  EXPECT_EQ(found.keys[0].actual_ms, 100);
  EXPECT_NEAR(found.keys[0].mape, 0.1, 1e-12);
}

TEST(Calibration, GathersBatchesByKey) {
  const Calibration found =
      Calibrate({},
                {{.key = "b", .units = 1, .predicted_ms = 5, .actual_ms = 0},
                 {.key = "b", .units = 8, .predicted_ms = 10, .actual_ms = 20},
                 {.key = "a", .units = 1, .predicted_ms = 1, .actual_ms = 1},
                 {.key = "b", .units = 4, .predicted_ms = 12, .actual_ms = 10}},
                {});
  ASSERT_EQ(found.batches.size(), 2U);
  EXPECT_EQ(found.batches[0].key, "a");
  EXPECT_EQ(found.batches[0].mape, 0);
  EXPECT_EQ(found.batches[1].batches, 2) << "one of no time is left out";
  EXPECT_EQ(found.batches[1].units, 12);
  EXPECT_DOUBLE_EQ(found.batches[1].mape, (0.5 + 0.2) / 2);
  EXPECT_DOUBLE_EQ(found.batches[1].bias(), 22.0 / 30 - 1);
}

TEST(Calibration, NamesRunsThatHeldMoreThanExpected) {
  const Calibration found = Calibrate({}, {},
                                      {{.predicted_mb = 100, .actual_mb = 90},
                                       {.predicted_mb = 100, .actual_mb = 101},
                                       {.predicted_mb = {}, .actual_mb = 5}});
  EXPECT_EQ(found.under_predicted_runs, 1);
  EXPECT_EQ(found.runs.size(), 3U);
  EXPECT_EQ(found.total.bias(), 0);
}

}  // namespace
}  // namespace reelbatch::costs
