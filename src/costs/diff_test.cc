#include "costs/diff.h"

#include <gmock/gmock.h>

#include "costs/test_rows.h"

namespace reelbatch::costs {
namespace {

contracts::CostTable TableOf(std::vector<contracts::CostRow> rows) {
  contracts::CostTable table;
  table.rows = std::move(rows);
  return table;
}

TEST(Diff, PairsRowsOfOneThingAcrossDevices) {
  const RowMaker seed("detect_hard_cuts(cpu_no_deep)", "seed");
  RowMaker here("detect_hard_cuts(cpu_no_deep)", "here");
  here.subject.knobs["decision"] = std::string("adaptive");
  contracts::CostRow old = seed.At(1280, 720, 48.33);
  contracts::CostRow fresh = here.At(1280, 720, 2);
  old.samples_ms = {3000, 3040, 3100};
  fresh.samples_ms = {126, 127, 125};
  old.units_per_call = fresh.units_per_call = 63;
  const Diff diff = DiffTables(TableOf({old}), TableOf({fresh, here.At(1920, 1080, 3)}));
  ASSERT_EQ(diff.rows.size(), 2U);
  EXPECT_EQ(diff.rows[0].input, "1280x720 real");
  EXPECT_NEAR(*diff.rows[0].ratio(), 24.165, 1e-9);
  ASSERT_TRUE(diff.rows[0].p_value);
  EXPECT_LT(*diff.rows[0].p_value, kSignificant);
  EXPECT_FALSE(diff.rows[1].ratio()) << "the seed has no such row";
}

TEST(Diff, NoiseIsNotComparedWithRealInput) {
  const RowMaker maker("p", "here");
  contracts::CostRow noise = maker.At(1280, 720, 1);
  noise.input_kind = contracts::InputKind::kNoise;
  const Diff diff = DiffTables(TableOf({noise}), TableOf({maker.At(1280, 720, 2)}));
  EXPECT_THAT(diff.rows, testing::Each(testing::Property(&DiffLine::ratio, std::nullopt)));
  EXPECT_EQ(diff.rows.size(), 2U);
}

TEST(Diff, TakesTheRowOfTheSameLoad) {
  const RowMaker maker("p", "here");
  contracts::CostRow loaded = maker.At(1280, 720, 7);
  loaded.concurrency = 2;
  const Diff diff =
      DiffTables(TableOf({loaded, maker.At(1280, 720, 4)}), TableOf({maker.At(1280, 720, 2)}));
  ASSERT_EQ(diff.rows.size(), 1U);
  EXPECT_EQ(diff.rows[0].a_ms, 4);
}

TEST(Diff, ComparesSummariesWithRows) {
  const RowMaker seed("p", "seed");
  const RowMaker here("p", "here");
  contracts::CostTable old;
  old.summaries.push_back({.subject = std::make_shared<contracts::CostSubject>(seed.subject),
                           .device = std::make_shared<contracts::DeviceProfile>(seed.profile),
                           .provenance = nullptr,
                           .input_kind = contracts::InputKind::kReal,
                           .buckets = 2,
                           .p50_ms = 30});
  const Diff diff = DiffTables(old, TableOf({here.At(284, 160, 1), here.At(398, 224, 3)}));
  ASSERT_EQ(diff.summaries.size(), 1U);
  EXPECT_EQ(diff.summaries[0].ratio(), 15);
}

}  // namespace
}  // namespace reelbatch::costs
