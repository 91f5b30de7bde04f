#include "runtime/dispatcher.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/clock.h"

namespace reelbatch::runtime {
namespace {

std::vector<Input> Inputs(int count) {
  std::vector<Input> inputs;
  inputs.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) inputs.push_back({.id = i, .path = std::to_string(i)});
  return inputs;
}

/// The id of what comes next, -1 where nothing does; `kind` says what it must be.
enum class Kind : uint8_t { kProbe, kDecode, kCommit };
int TakeId(Dispatcher& list, Kind kind) {
  const std::optional<Task> task = list.Take();
  if (!task) return -1;
  EXPECT_EQ(task->outcome != nullptr, kind == Kind::kCommit);
  EXPECT_EQ(task->info != nullptr, kind == Kind::kDecode);
  return task->input.id;
}

void PutVideo(Dispatcher& list, int id, double work) {
  Task task;
  task.input.id = id;
  task.work = work;
  task.info = std::make_unique<contracts::VideoInfo>();
  list.Put(std::move(task));
}

TEST(Dispatcher, ProbesInOrderThenTheLongestFirstTiesById) {
  const auto inputs = Inputs(5);
  const base::ManualClock clock;
  Dispatcher list(inputs, {}, clock);
  const double work[] = {3, 9, 3, 1, 9};
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(list.all_probed());
    EXPECT_EQ(TakeId(list, Kind::kProbe), i);
    // The last one is still being probed when the longest of the others is handed out.
    if (i < 4) PutVideo(list, i, work[i]);
  }
  EXPECT_TRUE(list.all_probed());
  PutVideo(list, 4, work[4]);
  for (int i = 0; i < 5; ++i) list.EndProbe();
  int left = 5;
  for (const int id : {1, 4, 0, 2, 3}) {
    EXPECT_EQ(list.left(), left--);
    EXPECT_EQ(TakeId(list, Kind::kDecode), id);
    list.EndSource(inputs[static_cast<size_t>(id)]);
    list.Finish();
  }
  EXPECT_FALSE(list.Take());
}

TEST(Dispatcher, AnOutcomeToCommitGoesFirst) {
  const auto inputs = Inputs(2);
  const base::ManualClock clock;
  Dispatcher list(inputs, {}, clock);
  Task commit;
  commit.input.id = 7;
  commit.outcome = std::make_unique<contracts::VideoOutcome>();
  list.Put(std::move(commit));
  EXPECT_EQ(TakeId(list, Kind::kCommit), 7);
}

TEST(Dispatcher, AnIdleLaneWaitsUntilEverythingIsFinished) {
  const auto inputs = Inputs(1);
  const base::ManualClock clock;
  Dispatcher list(inputs, {}, clock);
  ASSERT_TRUE(list.Take());
  std::thread idle([&] { EXPECT_FALSE(list.Take()); });
  list.Finish();
  idle.join();
}

TEST(Dispatcher, StopEndsTheWait) {
  const auto inputs = Inputs(1);
  const base::ManualClock clock;
  Dispatcher list(inputs, {}, clock);
  ASSERT_TRUE(list.Take());
  std::thread idle([&] { EXPECT_FALSE(list.Take()); });
  list.Stop();
  idle.join();
  EXPECT_FALSE(list.Take());
  EXPECT_EQ(list.left(), 1);
}

/// Has units of one key, and nothing else.
class Units final : public components::BatchedComponent {
 public:
  explicit Units(std::string bucket) : bucket_(std::move(bucket)) {}
  std::string_view name() const override { return "units"; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  std::unique_ptr<components::FrameMeter> MakeMeter(components::SharedFlows&) const override {
    return nullptr;
  }
  base::Status Take(const image::FrameStamp&, components::FrameMeasure&) override { return {}; }
  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }
  contracts::BatchKey key() const override {
    contracts::BatchKey key;
    key.component = "units";
    key.input_bucket = bucket_;
    return key;
  }
  void Bind(components::UnitSink&) override {}
  base::Status Finish(std::vector<components::UnitOutput>, contracts::VideoOutcome&) override {
    return {};
  }

 private:
  const std::string bucket_;
};

struct Nothing final : components::UnitModel {
  std::expected<std::vector<components::UnitOutput>, contracts::BatchFailure> Run(
      std::span<const components::UnitInput> units) override {
    return std::vector<components::UnitOutput>(units.size());
  }
};

class DispatcherUnits : public ::testing::Test {
 protected:
  Dispatcher::Options Options(std::chrono::milliseconds delay, int64_t unit_bytes) {
    Dispatcher::Options options;
    options.batching.policy.max_queue_delay = delay;
    options.batching.unit_bytes = unit_bytes;
    options.batching.devices = {{.memory = planning::MemoryKind::kRam, .total_mb = 1000}};
    options.batching.models = {
        {.component = "units",
         .model = &model_,
         .cost = [](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
           return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                      .max_batch = 16,
                                      .ms_per_unit = 1,
                                      .mb_per_unit = 1};
         }}};
    return options;
  }

  /// The only video, in flight.
  static Input Begin(Dispatcher& list) {
    TakeId(list, Kind::kProbe);
    PutVideo(list, 0, 1);
    list.EndProbe();
    return list.Take()->input;
  }

  static components::Bytes OneKb() { return components::Bytes(1024); }

  Nothing model_;
  const base::SystemClock clock_;
};

TEST_F(DispatcherUnits, AnExecutorThatWaitsHearsOfADelayThatBeginsLater) {
  const auto inputs = Inputs(1);
  Dispatcher list(inputs, Options(std::chrono::milliseconds(100), 1 << 20), clock_);
  const Input input = Begin(list);
  std::optional<BatchWork> work;
  std::thread executor([&] { work = list.TakeBatch(0, 0); });
  std::this_thread::sleep_for(
      std::chrono::milliseconds(30));  // it waits, without anything to wait for
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Units>("a"));
  const auto streams = list.OpenStreams(input, components, [] { return true; });
  ASSERT_TRUE(streams);
  const base::Nanoseconds began = clock_.Steady();
  EXPECT_TRUE(list.Push(*(*streams)[0], OneKb()));
  std::this_thread::sleep_for(std::chrono::seconds(2));
  list.Stop();
  executor.join();
  ASSERT_TRUE(work) << "the unit was overdue, and nobody came";
  EXPECT_LT(work->report.began - began, std::chrono::seconds(1));
}

TEST_F(DispatcherUnits, ASourceThatWaitsForRoomAddsToNoOtherKeyEither) {
  const auto inputs = Inputs(1);
  Dispatcher list(inputs, Options(std::chrono::seconds(60), 1024), clock_);
  const Input input = Begin(list);
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Units>("a"));
  components.push_back(std::make_unique<Units>("b"));
  const auto streams = list.OpenStreams(input, components, [] { return true; });
  ASSERT_TRUE(streams);
  EXPECT_TRUE(list.Push(*(*streams)[0], OneKb()));
  std::thread source(
      [&] { list.Push(*(*streams)[1], OneKb()); });  // there is no room: what holds it must leave
  auto work = list.TakeBatch(0, 0);
  ASSERT_TRUE(work);
  EXPECT_LT(work->report.waited, std::chrono::seconds(30));
  list.Settle(std::move(*work), std::vector<components::UnitOutput>(1));
  source.join();
  list.Stop();
}

TEST_F(DispatcherUnits, BatchesGetWhatFramesLeaveOfTheMemory) {
  for (const int64_t video_mb : {0, 1500}) {
    const auto inputs = Inputs(1);
    Dispatcher::Options options = Options(std::chrono::seconds(60), 1 << 20);
    options.max_memory_bytes = int64_t{2000} << 20;
    options.batching.devices.front().total_mb = 3000;
    options.batching.models.front().cost =
        [](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
      return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                 .max_batch = 16,
                                 .ms_per_unit = 1,
                                 .mb_per_unit = 100};
    };
    Dispatcher list(inputs, options, clock_);
    const Input input = Begin(list);
    ASSERT_TRUE(list.SetBytes(input, video_mb << 20));
    std::vector<std::unique_ptr<components::Component>> components;
    components.push_back(std::make_unique<Units>("a"));
    const auto streams = list.OpenStreams(input, components, [] { return true; });
    ASSERT_TRUE(streams);
    for (int k = 0; k < 16; ++k) EXPECT_TRUE(list.Push(*(*streams)[0], OneKb()));
    auto work = list.TakeBatch(0, 0);
    ASSERT_TRUE(work);
    // 3000 MB less a headroom of 1024, and less what the video and the units themselves hold.
    EXPECT_EQ(work->launch.units.size(), video_mb == 0 ? 16U : 4U);
    EXPECT_EQ(work->launch.binding,
              video_mb == 0 ? planning::Binding::kComponentCap : planning::Binding::kRam);
    list.Stop();
  }
}

TEST_F(DispatcherUnits, ALaneThatWasGivenUpOpensNothing) {
  const auto inputs = Inputs(1);
  Dispatcher list(inputs, Options(std::chrono::seconds(60), 1024), clock_);
  const Input input = Begin(list);
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Units>("a"));
  const auto refused = list.OpenStreams(input, components, [] { return false; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kCancelled);
}

}  // namespace
}  // namespace reelbatch::runtime
