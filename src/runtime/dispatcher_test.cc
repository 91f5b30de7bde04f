#include "runtime/dispatcher.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "base/clock.h"
#include "runtime/run_fakes.h"

namespace reelbatch::runtime {
namespace {

std::vector<Input> Inputs(int count) {
  std::vector<Input> inputs;
  inputs.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) inputs.push_back({.id = i, .path = std::to_string(i)});
  return inputs;
}

/// The id of what comes next, -1 where nothing does; it must be in state `State`.
template <class State>
int TakeId(Dispatcher& list) {
  const std::shared_ptr<Video> video = list.Take();
  if (video == nullptr) return -1;
  EXPECT_TRUE(std::holds_alternative<State>(video->state));
  const VideoState left = std::move(video->state);  // and with it what it holds
  return video->input.id;
}

void PutVideo(Dispatcher& list, int id, double work) {
  auto video = std::make_shared<Video>(Input{.id = id, .path = {}});
  video->state = Probed{{.work = work}};
  list.Put(std::move(video));
}

/// What a lane does with a probe: the video is back before the lane is.
void Probe(Dispatcher& list, double work) {
  const std::shared_ptr<Video> video = list.Take();
  ASSERT_TRUE(video != nullptr && std::holds_alternative<Probing>(video->state));
  PutVideo(list, video->input.id, work);
}

TEST(Dispatcher, ProbesTheLargestFirstThenDecodesTheLongestTiesById) {
  const base::ManualClock clock;
  Dispatcher list({}, clock);
  auto inputs = Inputs(5);
  inputs[3].bytes = 5;
  inputs[1].bytes = 7;
  list.Add(inputs);
  list.Close();
  const std::map<int, double> work = {{0, 3}, {1, 9}, {2, 3}, {3, 1}, {4, 9}};
  std::vector<std::shared_ptr<Video>> probing;
  for (const int id : {1, 3, 0, 2, 4}) {
    probing.push_back(list.Take());
    EXPECT_TRUE(std::holds_alternative<Probing>(probing.back()->state));
    EXPECT_EQ(probing.back()->input.id, id);
    PutVideo(list, id, work.at(id));
  }
  probing.clear();
  int left = 5;
  for (const int id : {1, 4, 0, 2, 3}) {
    EXPECT_EQ(list.left(), left--);
    EXPECT_EQ(TakeId<Admitted>(list), id);
    list.Finish();
  }
  EXPECT_EQ(list.Take(), nullptr);
}

TEST(Dispatcher, NoMoreAreProbedThanFitIntoTheLookAhead) {
  const base::ManualClock clock;
  Dispatcher list({}, clock);
  const int window = planning::LookAheadWindow(1);
  list.Add(Inputs(window + 2));
  for (int k = 0; k < window; ++k) Probe(list, k);
  EXPECT_EQ(TakeId<Probing>(list), window) << "one was launched, which makes room for one";
  EXPECT_EQ(TakeId<Probing>(list), window + 1) << "a probe that came to nothing makes room, too";
  EXPECT_EQ(TakeId<Admitted>(list), window - 1) << "the longest of those in view";
  list.Stop();
}

TEST(Dispatcher, InputsMayComeLater) {
  const base::ManualClock clock;
  Dispatcher list({}, clock);
  list.Add(Inputs(1));
  Probe(list, 1);
  EXPECT_EQ(TakeId<Admitted>(list), 0);
  list.Finish();
  std::thread later([&] {
    list.Add({{.id = 1, .path = "1"}});
    list.Close();
  });
  EXPECT_EQ(TakeId<Probing>(list), 1);
  later.join();
  list.Finish();
  EXPECT_EQ(list.Take(), nullptr);
}

TEST(Dispatcher, WhatIsToBeConcludedGoesFirst) {
  const base::ManualClock clock;
  Dispatcher list({}, clock);
  list.Add(Inputs(2));
  auto video = std::make_shared<Video>(Input{.id = 7, .path = {}});
  video->state = Concluding();
  list.Put(std::move(video));
  EXPECT_EQ(TakeId<Concluding>(list), 7);
}

TEST(Dispatcher, AnIdleLaneWaitsUntilEverythingIsFinished) {
  const base::ManualClock clock;
  Dispatcher list({}, clock);
  list.Add(Inputs(1));
  list.Close();
  const auto in_hand = list.Take();
  ASSERT_TRUE(in_hand);
  std::thread idle([&] { EXPECT_EQ(list.Take(), nullptr); });
  list.Finish();
  idle.join();
}

TEST(Dispatcher, StopEndsTheWait) {
  const base::ManualClock clock;
  Dispatcher list({}, clock);
  list.Add(Inputs(1));
  const auto in_hand = list.Take();
  ASSERT_TRUE(in_hand);
  std::thread idle([&] { EXPECT_EQ(list.Take(), nullptr); });
  list.Stop();
  idle.join();
  EXPECT_EQ(list.Take(), nullptr);
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
         .model = fakes::Borrowed(model_),
         .cost = [](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
           return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                                      .max_batch = 16,
                                      .ms_per_unit = 1,
                                      .mb_per_unit = 1};
         }}};
    return options;
  }

  /// The only video, in flight.
  static std::shared_ptr<Video> Begin(Dispatcher& list) {
    list.Add(Inputs(1));
    Probe(list, 1);
    return list.Take();
  }

  static components::Bytes OneKb() { return components::Bytes(1024); }

  Nothing model_;
  base::ManualClock clock_;
};

TEST_F(DispatcherUnits, AnExecutorThatWaitsHearsOfADelayThatBeginsLater) {
  Dispatcher::Options options = Options(std::chrono::milliseconds(100), 1 << 20);
  options.batching.devices.front().total_mb = 3000;  // more than its headroom
  options.batching.models.front().cost =
      [](const contracts::BatchKey&) -> base::Result<planning::BatchCost> {
    return planning::BatchCost{.memory = planning::MemoryKind::kRam,
                               .max_batch = 16,
                               .fixed_ms = 100,
                               .ms_per_unit = 1,
                               .mb_per_unit = 1};
  };
  Dispatcher list(options, clock_);
  const auto video = Begin(list);
  std::optional<BatchWork> work;
  std::thread executor([&] { work = list.TakeBatch(0, 0); });
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Units>("a"));
  const auto units = list.OpenUnits(video->input, components, {});
  ASSERT_TRUE(units);
  EXPECT_TRUE(list.Push(units->at(0)->stages[0], OneKb(), {}));
  // The batch could grow until the delay is over: the executor waits for that.
  while (clock_.waits() == 0) std::this_thread::yield();
  clock_.Advance(std::chrono::milliseconds(100));
  executor.join();
  ASSERT_TRUE(work) << "the unit was overdue, and nobody came";
  EXPECT_EQ(work->report.waited, std::chrono::milliseconds(100));
  list.Stop();
}

TEST_F(DispatcherUnits, ASourceThatWaitsForRoomAddsToNoOtherKeyEither) {
  Dispatcher list(Options(std::chrono::seconds(60), 1024), clock_);
  const auto video = Begin(list);
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Units>("a"));
  components.push_back(std::make_unique<Units>("b"));
  const auto units = list.OpenUnits(video->input, components, {});
  ASSERT_TRUE(units);
  EXPECT_TRUE(list.Push(units->at(0)->stages[0], OneKb(), {}));
  std::thread source([&] {
    list.Push(units->at(1)->stages[0], OneKb(), {});
  });  // there is no room: what holds it must leave
  auto work = list.TakeBatch(0, 0);
  ASSERT_TRUE(work);
  EXPECT_LT(work->report.waited, std::chrono::seconds(30));
  list.Settle(std::move(*work), std::vector<components::UnitOutput>(1));
  source.join();
  list.Stop();
}

TEST_F(DispatcherUnits, BatchesGetWhatFramesLeaveOfTheMemory) {
  for (const int64_t video_mb : {0, 1500}) {
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
    Dispatcher list(options, clock_);
    const auto video = Begin(list);
    ASSERT_TRUE(list.SetBytes(video->input, video_mb << 20));
    std::vector<std::unique_ptr<components::Component>> components;
    components.push_back(std::make_unique<Units>("a"));
    const auto units = list.OpenUnits(video->input, components, {});
    ASSERT_TRUE(units);
    for (int k = 0; k < 16; ++k) EXPECT_TRUE(list.Push(units->at(0)->stages[0], OneKb(), {}));
    auto work = list.TakeBatch(0, 0);
    ASSERT_TRUE(work);
    // 3000 MB less a headroom of 1024, and less what the video and the units themselves hold.
    EXPECT_EQ(work->launch.units.size(), video_mb == 0 ? 16U : 4U);
    EXPECT_EQ(work->launch.binding,
              video_mb == 0 ? planning::Binding::kComponentCap : planning::Binding::kRam);
    list.Stop();
  }
}

TEST_F(DispatcherUnits, UnitsGetWhatFramesLeaveOfTheMemory) {
  Dispatcher::Options options = Options(std::chrono::seconds(60), int64_t{256} << 20);
  options.max_memory_bytes = int64_t{100} << 20;
  Dispatcher list(options, clock_);
  const auto video = Begin(list);
  EXPECT_FALSE(list.SetBytes(video->input, int64_t{80} << 20)) << "a quarter is kept for units";
  ASSERT_TRUE(list.SetBytes(video->input, int64_t{75} << 20));
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Units>("a"));
  int beats = 0;
  const auto units =
      list.OpenUnits(video->input, components, {.beat = [&] { return beats++ < 1; }});
  ASSERT_TRUE(units);
  UnitStream& stream = units->at(0)->stages[0];
  EXPECT_TRUE(list.Push(stream, components::Bytes(20 << 20), components::Bytes(5 << 20)));
  EXPECT_FALSE(list.Push(stream, components::Bytes(1), {})) << "25 MiB are all that is left";
  EXPECT_EQ(beats, 2) << "it waited for room";
}

TEST_F(DispatcherUnits, ALaneThatWasGivenUpOpensNothing) {
  Dispatcher list(Options(std::chrono::seconds(60), 1024), clock_);
  const auto video = Begin(list);
  std::vector<std::unique_ptr<components::Component>> components;
  components.push_back(std::make_unique<Units>("a"));
  const auto refused = list.OpenUnits(video->input, components, {.beat = [] { return false; }});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kCancelled);
}

}  // namespace
}  // namespace reelbatch::runtime
