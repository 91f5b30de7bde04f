#include "costs/summary.h"

#include <gmock/gmock.h>

#include "costs/test_rows.h"

namespace reelbatch::costs {
namespace {

TEST(Summary, QuantilesInterpolate) {
  const std::vector<double> values{1, 2, 4, 8};
  EXPECT_EQ(Quantile(values, 0.5), 3);
  EXPECT_EQ(Quantile(values, 0), 1);
  EXPECT_EQ(Quantile(values, 1), 8);
  EXPECT_NEAR(Quantile(values, 0.95), 4 + 4 * 0.85, 1e-12);
}

TEST(Summary, GathersBucketsOfOneAspectAndPreset) {
  RowMaker maker("detect_hard_cuts(cpu_no_deep)", "here");
  contracts::CostTable table;
  for (const GridSide side : kGrid)
    table.rows.push_back(maker.At(side.long_side, side.short_side, side.short_side / 100.0));
  table.rows.push_back(maker.At(160, 284, 5));
  table.rows.push_back(maker.At(224, 398, 6));
  maker.subject.preset = "fast";
  table.rows.push_back(maker.At(284, 160, 1));
  const auto summaries = Summarise(table);
  ASSERT_EQ(summaries.size(), 2U) << "one bucket is no summary";
  EXPECT_EQ(summaries[0].buckets, 12);
  EXPECT_EQ(summaries[0].min_ms, 1.6);
  EXPECT_EQ(summaries[0].max_ms, 10.8);
  EXPECT_NEAR(summaries[0].p50_ms, (4.48 + 5.12) / 2, 1e-12);
  EXPECT_EQ(summaries[1].aspect, contracts::Aspect::k9x16);
  EXPECT_EQ(summaries[1].p50_ms, 5.5);
}

TEST(Summary, ASizeThatWasMeasuredTwiceIsOneBucket) {
  const RowMaker maker("detect_hard_cuts(cpu_no_deep)", "here");
  contracts::CostTable table;
  table.rows = {maker.At(284, 160, 1), maker.At(398, 224, 2), maker.At(398, 224, 3)};
  ASSERT_EQ(Summarise(table).size(), 1U);
  EXPECT_EQ(Summarise(table)[0].buckets, 2);
  EXPECT_EQ(Summarise(table)[0].max_ms, 2)
      << "the first row stands for the bucket, as in a look-up";
}

TEST(Summary, KeepsThoseThatHaveNoRows) {
  const RowMaker maker("detect_hard_cuts(cpu_no_deep)", "seed");
  contracts::CostTable table;
  table.summaries.push_back({.subject = std::make_shared<contracts::CostSubject>(maker.subject),
                             .device = std::make_shared<contracts::DeviceProfile>(maker.profile),
                             .provenance = nullptr,
                             .buckets = 12,
                             .p50_ms = 47.35});
  EXPECT_EQ(Summarise(table).at(0).p50_ms, 47.35);
  table.rows = {maker.At(284, 160, 1), maker.At(398, 224, 2)};
  ASSERT_EQ(Summarise(table).size(), 1U);
  EXPECT_EQ(Summarise(table)[0].p50_ms, 1.5);
}

}  // namespace
}  // namespace reelbatch::costs
