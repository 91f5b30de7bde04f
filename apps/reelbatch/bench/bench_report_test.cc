#include "apps/reelbatch/bench/bench_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/reelbatch/bench/bench_progress.h"
#include "apps/reelbatch/bench/bench_settings.h"
#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/build_info.h"

namespace reelbatch::app {
namespace {

using testing::HasSubstr;

/// A part of which every step takes `step_ms`, the part itself 6.
struct Measured {
  explicit Measured(double step_ms) {
    measure::Grid grid{.part = *measure::ParsePart("hard"),
                       .short_sides = {720},
                       .aspects = {contracts::Aspect::k16x9},
                       .presets = {contracts::Preset::kDefault},
                       .steps = true};
    plan = measure::PlanGrid(grid);
    session.device = std::make_shared<contracts::DeviceProfile>();
    for (const measure::PlannedWork& planned : plan) {
      rows.push_back(measure::PlannedRow(session, planned.work, planned.bucket));
      rows.back().latency_ms_per_unit = planned.work.step.empty() ? 6 : step_ms;
    }
  }
  std::vector<measure::PlannedWork> plan;
  measure::Session session;
  std::vector<contracts::CostRow> rows;
};

TEST(BenchReport, SumsTheSteps) {
  Measured measured(1.1);
  const auto sums = SumSteps(measured.plan, measured.rows);
  ASSERT_EQ(sums.size(), 1U);
  EXPECT_DOUBLE_EQ(sums[0].part_ms, 6);
  EXPECT_NEAR(sums[0].ratio(), 1.1, 1e-9);
  EXPECT_THAT(MicroText(measured.plan, measured.rows, false), HasSubstr("ratio 1.100"));
  measured.rows[3].latency_ms_per_unit.reset();  // a step that failed: no sum
  EXPECT_TRUE(SumSteps(measured.plan, measured.rows).empty());
  EXPECT_THAT(MicroText(measured.plan, measured.rows, false), HasSubstr("N/A"));
}

TEST(BenchProgress, SaysWhatARowCost) {
  Measured measured(1.1);
  measure::SweepStep step{.number = 1,
                          .total = 7,
                          .planned = &measured.plan[0],
                          .row = measured.rows.data(),
                          .left = std::chrono::seconds(65)};
  EXPECT_EQ(RowLine(step), "1/7  1280x720 default  6.00 ms  ETA 1:05");
  measured.rows[0].noisy = true;
  measured.rows[0].cpu_rss_peak_mb = 12.34;
  step.fate = measure::RowFate::kReused;
  EXPECT_EQ(RowLine(step), "1/7  1280x720 default  6.00 ms  12.3 MiB  kept  noisy  ETA 1:05");
  measure::SetError({base::Code::kOutOfMemory, "no memory"}, measured.rows[0]);
  step.fate = measure::RowFate::kFailed;
  EXPECT_THAT(RowLine(step), HasSubstr("failed: no memory"));
}

TEST(BenchSettings, MatrixIsTheWholeGridAndMicroOneSize) {
  BenchSettings matrix;
  BenchOptions(BenchKind::kMatrix, matrix);
  EXPECT_EQ(measure::PlanGrid(matrix.grid).size(), 72U);
  EXPECT_EQ(matrix.protocol.profile, "matrix");
  BenchSettings micro;
  BenchOptions(BenchKind::kMicro, micro);
  EXPECT_EQ(measure::PlanGrid(micro.grid).size(), 7U);
  EXPECT_EQ(micro.protocol.profile, "fast");
}

TEST(BenchSettings, ListsStandForTheGrid) {
  BenchSettings settings;
  const OptionTable table = BenchOptions(BenchKind::kMatrix, settings);
  EXPECT_TRUE(table.Find("short-sides")->set("1080,160"));
  EXPECT_THAT(settings.grid.short_sides, testing::ElementsAre(1080, 160));
  EXPECT_TRUE(table.Find("presets")->set("fast"));
  EXPECT_THAT(settings.grid.presets, testing::ElementsAre(contracts::Preset::kFast));
  const auto wrong = table.Find("short-sides")->set("721");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::Code::kInvalidArgument);
  EXPECT_FALSE(table.Find("frames")->set("1"));
  EXPECT_FALSE(table.Find("part")->set("everything"));
}

TEST(MemoryRow, RefusesWhatPeopleWouldType) { EXPECT_EQ(MemoryRow({"hard"}), 2); }

TEST(BuildInfo, IsAWholeCommitOrNone) {
  const std::string_view commit = BuiltFrom().commit;
  EXPECT_TRUE(commit.empty() || commit.size() == 40) << commit;
}

}  // namespace
}  // namespace reelbatch::app
