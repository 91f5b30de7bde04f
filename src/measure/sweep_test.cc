#include "measure/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/test_folder.h"
#include "costs/input_bucket.h"
#include "costs/table_json.h"

namespace reelbatch::measure {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Grid TinyGrid() {
  return {.part = *ParsePart("core_optical_flow"),
          .short_sides = {160, 224},
          .aspects = {contracts::Aspect::k16x9},
          .presets = {contracts::Preset::kFast}};
}

class SweepTest : public testing::Test {
 protected:
  SweepTest() {
    auto device = std::make_shared<contracts::DeviceProfile>();
    device->id = "here";
    device->isa = "avx2";
    session_.device = device;
    session_.commit = "0123";
    session_.protocol = {.profile = "one", .warmup = 0, .repeats = 1, .runs = 1};
    session_.frames = 3;
    session_.table_path = "costs.json";
    callbacks_.input = [this](const contracts::InputBucket& bucket) {
      ++inputs_;
      return FrameStack::Make({.width = bucket.width, .height = bucket.height, .frames = 3});
    };
    callbacks_.probe = [](const Work&, const FrameStack&) -> base::Result<MemoryFigures> {
      return MemoryFigures{.before_mb = 10, .input_mb = 5, .raw_mb = 40};
    };
    callbacks_.on_row = [this](const SweepStep& step) { fates_.push_back(step.fate); };
  }

  base::Result<SweepReport> Go(SweepOptions options = {}) {
    fates_.clear();
    inputs_ = 0;
    return Sweep(session_, plan_, options, folder_, callbacks_, clock_, cancel_);
  }

  base::testing::TempFolder temporary_;
  RowFolder folder_{temporary_.path() / "out"};
  Session session_;
  std::vector<PlannedWork> plan_ = PlanGrid(TinyGrid());
  SweepCallbacks callbacks_;
  base::SystemClock clock_;
  base::CancelToken cancel_;
  std::vector<RowFate> fates_;
  int inputs_ = 0;
};

TEST(PlanGrid, HasSeventyTwoRowsAPart) {
  Grid grid{.part = *ParsePart("hard"),
            .aspects = {contracts::Aspect::k16x9, contracts::Aspect::k9x16},
            .presets = {contracts::Preset::kQuality, contracts::Preset::kDefault,
                        contracts::Preset::kFast}};
  for (const costs::GridSide& side : costs::kGrid) grid.short_sides.push_back(side.short_side);
  const auto plan = PlanGrid(grid);
  ASSERT_EQ(plan.size(), 72U);
  EXPECT_EQ(plan[0].bucket.width, 284);
  EXPECT_EQ(plan[0].bucket.fps, 30);
  EXPECT_EQ(plan[1].bucket, plan[2].bucket);  // presets of one size share their input
  EXPECT_EQ(plan.back().bucket.width, 1080);
  EXPECT_EQ(plan.back().bucket.height, 1920);
  grid.steps = true;
  grid.short_sides = {720};
  grid.aspects = {contracts::Aspect::k16x9};
  grid.presets = {contracts::Preset::kDefault};
  const auto micro = PlanGrid(grid);
  ASSERT_EQ(micro.size(), 7U);
  EXPECT_EQ(micro[0].work.step, "");
  EXPECT_EQ(micro[1].work.step, kLoadStep);
  EXPECT_EQ(micro[6].work.step, "postprocess_only(cached_features)");
}

TEST_F(SweepTest, WritesAFilePerRowAndATable) {
  const auto report = Go();
  ASSERT_TRUE(report) << report.error().Text();
  EXPECT_EQ(report->measured, 2);
  EXPECT_EQ(inputs_, 2);
  EXPECT_TRUE(
      std::filesystem::exists(folder_.path() / "core_optical_flow/284x160-fast-noise.json"));
  const auto collected = folder_.WriteTable();
  ASSERT_TRUE(collected);
  EXPECT_TRUE(collected->left_out.empty());
  auto loaded = costs::ParseTable(base::testing::Slurp(folder_.table()), "costs.json");
  ASSERT_TRUE(loaded) << loaded.error().Text();
  EXPECT_THAT(loaded->warnings, ElementsAre());
  ASSERT_EQ(loaded->table.rows.size(), 2U);
  const contracts::CostRow& row = loaded->table.rows[1];
  EXPECT_EQ(row.bucket.short_side, 224);
  EXPECT_EQ(row.samples_ms.size(), 1U);
  EXPECT_EQ(row.units_per_call, 2);
  EXPECT_NEAR(*row.latency_ms_per_unit * 2, row.samples_ms[0], 1e-3);
  EXPECT_FALSE(row.cpu_rss_peak_mb);
  EXPECT_EQ(row.provenance->commit, "0123");
}

TEST_F(SweepTest, ResumesWhatIsTheSame) {
  ASSERT_TRUE(Go());
  const auto again = Go({.resume = true});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->reused, 2);
  EXPECT_EQ(inputs_, 0);
  EXPECT_TRUE(again->rows[0].latency_ms_per_unit);

  std::ofstream(folder_.path() / "core_optical_flow/284x160-fast-noise.json") << "torn";
  EXPECT_EQ(Go({.resume = true})->measured, 1);
  EXPECT_THAT(fates_, ElementsAre(RowFate::kMeasured, RowFate::kReused));

  session_.commit = "4567";
  EXPECT_EQ(Go({.resume = true})->measured, 2);
  EXPECT_EQ(Go()->measured, 2);  // without --resume all is measured again
}

TEST_F(SweepTest, AddsMemoryToTimes) {
  ASSERT_TRUE(Go());
  callbacks_.input = [&, made = callbacks_.input](const contracts::InputBucket& bucket) {
    return made(bucket);
  };
  const auto both = Go({.resume = true, .memory = true});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->measured, 2);
  EXPECT_TRUE(both->rows[0].latency_ms_per_unit);
  EXPECT_EQ(both->rows[0].cpu_rss_peak_mb, 25);
  EXPECT_EQ(Go({.resume = true, .memory = true})->reused, 2);
}

TEST_F(SweepTest, ARowThatFailsSaysWhyAndIsMeasuredAgain) {
  callbacks_.probe = [this](const Work&, const FrameStack& stack) -> base::Result<MemoryFigures> {
    if (stack.shape().height == 160)
      return base::Fail(base::Code::kUnavailable, "its process was killed by signal 9");
    return MemoryFigures{.before_mb = 10, .input_mb = 5, .raw_mb = 40};
  };
  const auto report = Go({.times = false, .memory = true});
  ASSERT_TRUE(report);
  EXPECT_THAT(fates_, ElementsAre(RowFate::kFailed, RowFate::kMeasured));
  EXPECT_EQ(ErrorOf(report->rows[0]), "its process was killed by signal 9");
  EXPECT_FALSE(report->rows[0].cpu_rss_peak_mb);
  EXPECT_FALSE(report->rows[1].latency_ms_per_unit);
  Go({.resume = true, .times = false, .memory = true});
  EXPECT_THAT(fates_, ElementsAre(RowFate::kFailed, RowFate::kReused));
}

TEST_F(SweepTest, AnInputThatCannotBeMadeIsTheRowsError) {
  callbacks_.input = [](const contracts::InputBucket&) -> base::Result<FrameStack> {
    return base::Fail(base::Code::kOutOfMemory, "no memory");
  };
  const auto report = Go();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->failed, 2);
  const auto table = folder_.WriteTable();
  EXPECT_EQ(table->table.rows.size(), 2U);  // as not measured, with the reason
}

TEST_F(SweepTest, StopsWhenToldAndKeepsWhatIsDone) {
  callbacks_.on_row = [this](const SweepStep&) { cancel_.Cancel(); };
  const auto report = Go();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, base::Code::kCancelled);
  EXPECT_EQ(folder_.Collect()->table.rows.size(), 1U);
}

TEST_F(SweepTest, SaysHowLongItWillTake) {
  std::vector<base::Nanoseconds> left;
  callbacks_.on_row = [&](const SweepStep& step) { left.push_back(step.left); };
  ASSERT_TRUE(Go());
  ASSERT_EQ(left.size(), 2U);
  EXPECT_GT(left[0].count(), 0);
  EXPECT_EQ(left[1].count(), 0);
}

TEST_F(SweepTest, FilesThatAreNoRowsAreLeftOutByName) {
  ASSERT_TRUE(Go());
  std::ofstream(folder_.path() / "other.json") << "{}";
  const auto collected = folder_.WriteTable();
  ASSERT_TRUE(collected);
  EXPECT_EQ(collected->table.rows.size(), 2U);
  ASSERT_EQ(collected->left_out.size(), 1U);
  EXPECT_THAT(collected->left_out[0], HasSubstr("other.json"));
}

TEST(RowFolder, RefusesAFileInTheWay) {
  const base::testing::TempFolder temporary;
  const RowFolder folder(temporary.Write("file", "x"));
  EXPECT_EQ(folder.Create().error().code, base::Code::kInvalidArgument);
  EXPECT_FALSE(RowFolder(temporary.path() / "none").Collect());
}

}  // namespace
}  // namespace reelbatch::measure
