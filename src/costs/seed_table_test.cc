#include <gmock/gmock.h>

#include "base/atomic_file.h"
#include "costs/keys.h"
#include "costs/table_json.h"

namespace reelbatch::costs {
namespace {

contracts::CostTable Seed() {
  const auto text = base::ReadWholeFile(REELBATCH_SOURCE_DIR "/data/costs/seed.json");
  EXPECT_TRUE(text) << text.error().Text();
  auto loaded = ParseTable(text.value_or(""), "seed.json");
  EXPECT_TRUE(loaded) << loaded.error().Text();
  EXPECT_THAT(loaded->warnings, testing::IsEmpty());
  EXPECT_EQ(WriteTable(loaded->table),
            WriteTable(ParseTable(WriteTable(loaded->table), "again")->table));
  return std::move(loaded->table);
}

TEST(SeedTable, HasTheDocumentsRows) {
  const contracts::CostTable seed = Seed();
  ASSERT_EQ(seed.rows.size(), 6U);
  const contracts::CostRow& hard = seed.rows[0];
  EXPECT_EQ(PartText(*hard.subject), "cut_detection.detect_hard_cuts(cpu_no_deep)");
  EXPECT_EQ(hard.latency_ms_per_unit, 48.33);
  EXPECT_EQ(hard.cpu_rss_peak_mb, 353.4);
  EXPECT_FALSE(hard.gpu_memory_per_task_mb) << "N/A: not measured";
  EXPECT_EQ(hard.provenance->commit, "7c2cfe26");
  EXPECT_EQ(hard.device->id, "seed");
  double steps = 0;
  for (size_t k = 1; k < seed.rows.size(); ++k) steps += *seed.rows[k].latency_ms_per_unit;
  EXPECT_NEAR(steps, 49.045, 1e-9) << ".0074 + 3.92 + 30.31 + 14.80 + .0076";
}

TEST(SeedTable, HasEverySummaryOfTheMatrix) {
  const contracts::CostTable seed = Seed();
  ASSERT_EQ(seed.summaries.size(), 18U);
  double p50 = 0;
  for (const contracts::CostSummary& one : seed.summaries) {
    EXPECT_EQ(one.buckets, 12);
    EXPECT_LT(one.min_ms, one.p50_ms);
    EXPECT_LT(one.p50_ms, one.p95_ms);
    EXPECT_LT(one.p95_ms, one.max_ms);
    p50 += one.p50_ms;
  }
  EXPECT_NEAR(p50, 721.65, 0.005) << "the document's 18 figures";
}

}  // namespace
}  // namespace reelbatch::costs
