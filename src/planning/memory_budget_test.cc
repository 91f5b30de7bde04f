#include "planning/memory_budget.h"

#include <gmock/gmock.h>

namespace reelbatch::planning {
namespace {

using base::Code;

DeviceMemory Free(int64_t mb) { return {.total_mb = mb, .used_mb = 0}; }

contracts::CostRow Row(std::optional<double> per_task_mb) {
  contracts::CostRow row;
  auto subject = std::make_shared<contracts::CostSubject>();
  subject->component = "toy";
  row.subject = subject;
  row.gpu_memory_per_task_mb = per_task_mb;
  return row;
}

TEST(MemoryBudget, RoundsAQuarterHalfToEven) {
  EXPECT_EQ(HeadroomMb(4096), 1024);
  EXPECT_EQ(HeadroomMb(4097), 1024);
  EXPECT_EQ(HeadroomMb(4098), 1024);  // 1024.5: to the even one
  EXPECT_EQ(HeadroomMb(4099), 1025);
  EXPECT_EQ(HeadroomMb(4102), 1026);  // 1025.5
  EXPECT_EQ(HeadroomMb(0), 1024);
}

TEST(MemoryBudget, IsWhatHeadroomLeaves) {
  EXPECT_EQ(EffectiveBudgetMb(Free(4096)), 3072);
  EXPECT_EQ(EffectiveBudgetMb(Free(4097)), 3073);
  EXPECT_EQ(EffectiveBudgetMb(Free(4098)), 3074);
  EXPECT_EQ(EffectiveBudgetMb(Free(1024)), 0);
  EXPECT_EQ(EffectiveBudgetMb({.total_mb = 100, .used_mb = 200}), 0);
}

TEST(MemoryBudget, BatchesAsTheSeedSays) {
  EXPECT_EQ(BatchSize({.total_mb = 8192, .used_mb = 2048}, 300, 16), 15);
  EXPECT_EQ(BatchSize({.total_mb = 8192, .used_mb = 2048}, 288, 16), 16);
  EXPECT_EQ(BatchSize({.total_mb = 8192, .used_mb = 2048}, 300, 4), 4);
  EXPECT_EQ(BatchSize(Free(512), 300, 16), 1) << "nothing fits: the OOM rule decides";
}

TEST(MemoryBudget, NotMeasuredIsNotZero) {
  EXPECT_EQ(BatchSize(Free(8192), std::nullopt, 16).error().code, Code::kNotMeasured);
  EXPECT_EQ(BatchSize(Free(8192), 0, 16).error().code, Code::kInvalidArgument);
  EXPECT_EQ(BatchSize(Free(8192), 100, 0).error().code, Code::kInvalidArgument);
  const auto row = GpuBatchSize(Free(8192), Row(std::nullopt), 16);
  EXPECT_EQ(row.error().Text(),
            "toy: gpu_memory_per_task_mb: N/A: not measured; `reelbatch bench memory` measures it");
}

TEST(MemoryBudget, TakesOffWhatIsFixed) {
  contracts::CostRow row = Row(300);
  row.gpu_memory_fixed_mb = 1000;
  // free 6144, headroom 1536, effective 4608, rest 3608.
  EXPECT_EQ(GpuBatchSize({.total_mb = 8192, .used_mb = 2048}, row, 16), 12);
}

TEST(MemoryBudget, NeverReadsBetweenMeasuredPoints) {
  contracts::CostRow row = Row(std::nullopt);
  row.points = {{.batch = 1, .ms = 1, .peak_mb = 100},
                {.batch = 4, .ms = 3, .peak_mb = 400},
                {.batch = 8, .ms = 6, .peak_mb = 3100},
                {.batch = 16, .ms = 12, .peak_mb = 3000}};
  EXPECT_EQ(GpuBatchSize(Free(4096), row, 64), 4) << "3072: 8 does not fit, and 16 is not tried beyond it";
  EXPECT_EQ(GpuBatchSize(Free(8192), row, 64), 16);
  EXPECT_EQ(GpuBatchSize(Free(8192), row, 10), 8);
  EXPECT_EQ(GpuBatchSize(Free(0), row, 64), 1);
}

TEST(MemoryBudget, AdmitsVideosByCoresAndRam) {
  contracts::CostRow row = Row(std::nullopt);
  row.cpu_rss_peak_mb = 50;
  EXPECT_EQ(VideosSideBySide(Free(8192), 4, row), 4);
  EXPECT_EQ(VideosSideBySide(Free(1200), 4, row), 3);
  row.threads = 2;
  EXPECT_EQ(VideosSideBySide(Free(8192), 4, row), 2);
  EXPECT_EQ(VideosSideBySide(Free(8192), 0, row).error().code, Code::kInvalidArgument);
  row.cpu_rss_peak_mb = std::nullopt;
  EXPECT_EQ(VideosSideBySide(Free(8192), 4, row).error().code, Code::kNotMeasured);
}

}  // namespace
}  // namespace reelbatch::planning
