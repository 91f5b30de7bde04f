#include "measure/model_cost.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace reelbatch::measure {
namespace {

using components::UnitInput;
using components::UnitOutput;
using contracts::BatchFailure;
using contracts::FailureClass;

/// Takes a millisecond and a megabyte a unit; runs out of memory above `most`.
class Slow final : public components::UnitModel {
 public:
  std::expected<std::vector<UnitOutput>, BatchFailure> Run(
      std::span<const UnitInput> units) override {
    if (units.size() > most)
      return std::unexpected(BatchFailure{.failure = FailureClass::kCapacity, .evidence = "full"});
    ++runs;
    std::vector<char> memory(units.size() << 20U);
    for (size_t k = 0; k < memory.size(); k += 4096) memory[k] = 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(units.size()));
    return std::vector<UnitOutput>(units.size());
  }
  size_t most = 64;
  int runs = 0;
};

Session AModelSession() {
  Session session;
  contracts::DeviceProfile device;
  device.id = "here";
  session.device = std::make_shared<contracts::DeviceProfile>(device);
  return session;
}

ModelSubject ASubject() {
  return {.component = "vad",
          .owner = "audio",
          .used = {{.model_name = "silero", .runtime = "inprocess"}},
          .max_batch = 4,
          .threads = 2};
}

TEST(MeasureBatches, EverySizeByTheProtocol) {
  Slow model;
  const base::SystemClock clock;
  const base::CancelToken cancel;
  const std::vector<int> sizes{1, 4};
  const auto times =
      MeasureBatches(model, {}, sizes, {.warmup = 1, .repeats = 2, .runs = 1}, clock, cancel);
  ASSERT_TRUE(times);
  ASSERT_EQ(times->size(), 2U);
  EXPECT_GE((*times)[0].statistics.stable_mean, 1);
  EXPECT_GE((*times)[1].statistics.stable_mean, 4);
  EXPECT_GE(model.runs, 6);
}

TEST(MeasureBatches, MemoryThatRunsOutSaysAtWhichSize) {
  Slow model;
  model.most = 2;
  const base::SystemClock clock;
  const base::CancelToken cancel;
  const std::vector<int> sizes{1, 4};
  const auto times =
      MeasureBatches(model, {}, sizes, {.warmup = 0, .repeats = 1, .runs = 1}, clock, cancel);
  ASSERT_FALSE(times);
  EXPECT_EQ(times.error().code, base::Code::kOutOfMemory);
  EXPECT_NE(times.error().message.find("a batch of 4"), std::string::npos);
}

TEST(ProbeBatchMemory, ThePeakOfABatchBeyondWhatWasLoaded) {
  Slow model;
  const auto figures = ProbeBatchMemory(model, {}, 32, 0);
  ASSERT_TRUE(figures);
  EXPECT_GT(figures->fixed_mb, 0) << "of this whole process, as nothing was held before";
  EXPECT_GE(figures->batch_mb, 20) << "32 MiB are written to; some of it may have been there";
}

TEST(ModelMemoryFigures, GoThroughAPipe) {
  const auto back = ParseModelMemoryJson(ModelMemoryJson({.fixed_mb = 12.5, .batch_mb = 3}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->fixed_mb, 12.5);
  EXPECT_EQ(back->batch_mb, 3);
  for (const char* wrong :
       {"", "{}", "[]", R"({"fixed_mb":1})", R"({"fixed_mb":1,"batch_mb":"2"})"}) {
    EXPECT_FALSE(ParseModelMemoryJson(wrong)) << wrong;
  }
}

TEST(ModelRow, HasAPointForEverySizeAndMemoryNeverFallsWithIt) {
  const std::vector<int> sizes{1, 2, 4};
  std::vector<Measurement> times(3);
  for (size_t k = 0; k < 3; ++k) times[k].statistics.stable_mean = 2.0 * sizes[k];
  times[2].noisy = true;
  const std::vector<ModelMemoryFigures> memory{{.fixed_mb = 100, .batch_mb = 10},
                                               {.fixed_mb = 101, .batch_mb = 9},
                                               {.fixed_mb = 99, .batch_mb = 30}};
  const contracts::CostRow row = ModelRow(AModelSession(), ASubject(), sizes, times, memory);
  ASSERT_EQ(row.points.size(), 3U);
  EXPECT_EQ(row.points[1].peak_mb, 10) << "a larger batch takes what a smaller one took";
  EXPECT_EQ(row.points[2].peak_mb, 30);
  EXPECT_EQ(row.points[2].ms, 8);
  EXPECT_EQ(row.cpu_rss_fixed_mb, 101);
  EXPECT_EQ(row.latency_ms_per_unit, 2);
  EXPECT_EQ(row.threads, 2);
  EXPECT_TRUE(row.noisy);
  EXPECT_EQ(row.subject->max_batch_size_component, 4);
  EXPECT_EQ(row.subject->model_signature, contracts::ModelSignature(ASubject().used));
}

TEST(ModelRow, IsOfAStageAndNeedsNoModel) {
  ModelSubject subject = ASubject();
  subject.stage = "crops";
  subject.used.clear();
  const std::vector<int> sizes{1};
  const contracts::CostRow row =
      ModelRow(AModelSession(), subject, sizes, std::vector<Measurement>(1), {});
  EXPECT_EQ(row.subject->component_part, "crops");
  EXPECT_EQ(row.subject->runtime, "inprocess");
  EXPECT_EQ(row.subject->model_signature, "N/A");
}

}  // namespace
}  // namespace reelbatch::measure
