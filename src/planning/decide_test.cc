#include "planning/decide.h"

#include <gmock/gmock.h>

#include <deque>

namespace reelbatch::planning {
namespace {

constexpr base::Nanoseconds S(double s) {
  return std::chrono::round<base::Nanoseconds>(std::chrono::duration<double>(s));
}

/// A snapshot made by hand: one device unless more are added.
class Scene {
 public:
  explicit Scene(int64_t total_mb = 8192, int64_t used_mb = 2048) { AddDevice(total_mb, used_mb); }

  int AddDevice(int64_t total_mb, int64_t used_mb) {
    devices.push_back({.total_mb = total_mb, .others_mb = used_mb});
    return static_cast<int>(devices.size()) - 1;
  }
  int AddKey(BatchCost cost, bool in_order = false, int device = 0) {
    costs.push_back(std::move(cost));
    queues.emplace_back(in_order);
    sources.emplace_back();
    keys.push_back({.device = device,
                    .cost = &costs.back(),
                    .queue = &queues.back(),
                    .sources = &sources.back()});
    return static_cast<int>(keys.size()) - 1;
  }
  double unseen_ms = 0;

  std::vector<Decision> At(double s) {
    const Snapshot snapshot{.devices = devices,
                            .keys = keys,
                            .videos = {.queue = &videos,
                                       .device = video_device,
                                       .cores = cores,
                                       .cores_busy = cores_busy,
                                       .in_flight = in_flight,
                                       .unseen_ms = unseen_ms}};
    return Decide(snapshot, policy, S(s));
  }
  /// The only launch of a batch; fails where there is none or more than one.
  LaunchBatch Launched(double s) {
    std::vector<LaunchBatch> launched;
    for (const Decision& decision : At(s)) {
      if (const auto* batch = std::get_if<LaunchBatch>(&decision)) launched.push_back(*batch);
    }
    EXPECT_EQ(launched.size(), 1U);
    return launched.empty() ? LaunchBatch{} : launched.front();
  }
  Wait Waited(double s) {
    const auto decisions = At(s);
    EXPECT_EQ(decisions.size(), 1U);
    const auto* wait = decisions.empty() ? nullptr : std::get_if<Wait>(&decisions.front());
    EXPECT_NE(wait, nullptr);
    return wait == nullptr ? Wait{} : *wait;
  }

  std::vector<DeviceState> devices;
  std::deque<BatchCost> costs;
  std::deque<UnitQueue> queues;
  std::deque<OpenSources> sources;
  std::vector<KeyState> keys;
  VideoQueue videos;
  int video_device = -1;
  int cores = 1;
  int cores_busy = 0;
  int in_flight = 0;
  Policy policy;
};

BatchCost Model(int max_batch = 16, double mb_per_unit = 100) {
  return {.max_batch = max_batch, .fixed_ms = 10, .ms_per_unit = 2, .mb_per_unit = mb_per_unit};
}

TEST(Decide, AFullBatchIsBoundByTheComponentsCap) {
  Scene scene;
  scene.AddKey(Model());
  scene.sources[0].running = {1};
  scene.queues[0].Push(1, 0, 20, S(0));
  const LaunchBatch batch = scene.Launched(0);
  EXPECT_EQ(batch.units.size(), 16U);
  EXPECT_EQ(batch.binding, Binding::kComponentCap);
  EXPECT_EQ(batch.predicted_ms, 42);
  EXPECT_EQ(batch.predicted_mb, 1600);
}

TEST(Decide, TheSeedsFormula) {
  // total 8192, used 2048, 300 a task, cap 16 -> 15; exactly at the edge of the budget of 4608.
  Scene scene;
  scene.AddKey(Model(16, 300));
  scene.queues[0].Push(1, 0, 40, S(0));
  const LaunchBatch batch = scene.Launched(0);
  EXPECT_EQ(batch.units.size(), 15U);
  EXPECT_EQ(batch.binding, Binding::kVram);
  for (const auto& [free, budget] :
       {std::pair<int64_t, int64_t>{4096, 3072}, {4097, 3073}, {4098, 3074}, {4102, 3076}}) {
    EXPECT_EQ((DeviceState{.total_mb = 10000, .others_mb = 10000 - free}.BudgetMb()), budget)
        << free;
    Scene edge(10000, 10000 - free);
    edge.AddKey(Model(64, static_cast<double>(budget) / 8));
    edge.queues[0].Push(1, 0, 100, S(0));
    EXPECT_EQ(edge.Launched(0).units.size(), 8U) << "eight fit exactly";
    edge.costs[0].mb_per_unit += 0.01;
    EXPECT_EQ(edge.Launched(0).units.size(), 7U);
  }
}

TEST(Decide, WhatIsFixedComesOff) {
  Scene scene;
  BatchCost cost = Model(16, 300);
  cost.fixed_mb = 4608 - 900;
  scene.AddKey(cost);
  scene.queues[0].Push(1, 0, 40, S(0));
  EXPECT_EQ(scene.Launched(0).units.size(), 3U);
}

TEST(Decide, APartialBatchWaitsForRunningSourcesAndLeavesWithTheTail) {
  Scene scene;
  scene.AddKey(Model());
  scene.sources[0].running = {1, 2};
  scene.queues[0].Push(1, 0, 3, S(5));
  const Wait wait = scene.Waited(5);
  EXPECT_EQ(wait.what, WaitFor::kUnits);
  EXPECT_EQ(wait.until, S(15)) << "max_queue_delay after its oldest unit came";
  scene.sources[0].running.clear();
  EXPECT_EQ(scene.Launched(5).binding, Binding::kTail);
}

TEST(Decide, TheDelayIsExact) {
  Scene scene;
  scene.AddKey(Model());
  scene.sources[0].running = {1};
  scene.queues[0].Push(1, 0, 3, S(5));
  EXPECT_EQ(scene.Waited(14.999999999).what, WaitFor::kUnits);
  const LaunchBatch batch = scene.Launched(15);
  EXPECT_EQ(batch.binding, Binding::kDelay);
  EXPECT_EQ(batch.units.size(), 3U);
}

TEST(Decide, EightVideosAtMost) {
  for (const int videos : {8, 9}) {
    Scene scene;
    scene.AddKey(Model());
    for (int video = 0; video < videos; ++video) scene.queues[0].Push(video, 0, 1, S(0));
    scene.sources[0].running = {100};  // may add, but a ninth video's units are for another batch
    const LaunchBatch batch = scene.Launched(0);
    EXPECT_EQ(batch.units.size(), 8U);
    EXPECT_EQ(batch.binding, Binding::kVideoCap);
  }
  Scene seven;
  seven.AddKey(Model());
  for (int video = 0; video < 7; ++video) seven.queues[0].Push(video, 0, 1, S(0));
  seven.sources[0].running = {100};
  EXPECT_EQ(seven.Waited(0).what, WaitFor::kUnits);
}

TEST(Decide, EightVideosOfWhichOneCanGrowWait) {
  Scene scene;
  scene.AddKey(Model());
  for (int video = 0; video < 8; ++video) scene.queues[0].Push(video, 0, 1, S(0));
  scene.sources[0].running = {3};
  EXPECT_EQ(scene.Waited(0).what, WaitFor::kUnits);
}

TEST(Decide, BlockedSourcesAddNothing) {
  Scene scene;
  scene.AddKey(Model());
  scene.sources[0].running = {1};
  scene.sources[0].blocked = {1};
  scene.queues[0].Push(1, 0, 3, S(0));
  EXPECT_EQ(scene.Launched(0).binding, Binding::kRam);
}

TEST(Decide, ALearnedLimitBinds) {
  Scene scene;
  scene.AddKey(Model());
  scene.keys[0].learned_limit = 5;
  scene.queues[0].Push(1, 0, 30, S(0));
  const LaunchBatch batch = scene.Launched(0);
  EXPECT_EQ(batch.units.size(), 5U);
  EXPECT_EQ(batch.binding, Binding::kLearnedLimit);
}

TEST(Decide, ALargerBatchThatTakesLongerAUnitIsNotTaken) {
  Scene scene;
  scene.AddKey(
      {.max_batch = 8,
       .points = {{.batch = 4, .ms = 10, .peak_mb = 10}, {.batch = 8, .ms = 30, .peak_mb = 20}}});
  scene.queues[0].Push(1, 0, 30, S(0));
  const LaunchBatch batch = scene.Launched(0);
  EXPECT_EQ(batch.units.size(), 4U);
  EXPECT_EQ(batch.binding, Binding::kBestRatio);
}

TEST(Decide, InOrderAVideoThatIsReadyHoldsNobodyBack) {
  Scene scene;
  scene.AddKey(Model(), true);
  scene.queues[0].Push(1, 0, 5, S(0));
  scene.sources[0].running = {1, 2};
  EXPECT_EQ(scene.Waited(0).what, WaitFor::kUnits) << "video 2 may come with its first unit";
  scene.queues[0].Push(2, 0, 1, S(0));
  const LaunchBatch batch = scene.Launched(0);
  EXPECT_EQ(batch.units.size(), 2U);
  EXPECT_EQ(batch.binding, Binding::kTail);
}

TEST(Decide, BiggestMemoryFirstButTheOverdueBeforeIt) {
  Scene scene;
  scene.AddKey(Model(4, 100));
  scene.AddKey(Model(4, 500));
  for (const size_t k : {0U, 1U}) scene.queues[k].Push(1, 0, 4, S(k == 0 ? 0 : 5));
  EXPECT_EQ(scene.Launched(6).key, 1);
  EXPECT_EQ(scene.Launched(10).key, 0) << "it has waited for max_queue_delay";
}

TEST(Decide, NothingOvertakesAnOverdueBatchThatWaitsForMemory) {
  Scene scene;
  scene.devices[0].lanes = 2;
  scene.devices[0].batches_in_flight = 1;
  scene.devices[0].ours_mb = 3000;  // of a budget of 4608
  scene.AddKey({.max_batch = 4, .points = {{.batch = 4, .ms = 10, .peak_mb = 2000}}});
  scene.AddKey(Model(4, 100));
  scene.queues[0].Push(1, 0, 4, S(0));
  scene.queues[1].Push(1, 0, 4, S(1));
  const auto before = scene.At(5);
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(std::get<Wait>(before[0]).what, WaitFor::kMemory);
  EXPECT_EQ(std::get<LaunchBatch>(before[1]).key, 1) << "it is not overdue yet";
  const auto later = scene.At(10.5);
  ASSERT_FALSE(later.empty());
  for (const Decision& decision : later) EXPECT_EQ(std::get<Wait>(decision).what, WaitFor::kMemory);
}

TEST(Decide, ABudgetOfNothingWaitsForOurOwnWorkAndThenTriesOne) {
  Scene scene(8192, 8000);
  EXPECT_EQ(scene.devices[0].BudgetMb(), 0);
  scene.devices[0].lanes = 2;
  scene.AddKey(Model(16, 100));
  scene.queues[0].Push(1, 0, 10, S(0));
  scene.devices[0].batches_in_flight = 1;
  EXPECT_EQ(scene.Waited(0).what, WaitFor::kMemory);
  scene.devices[0].batches_in_flight = 0;
  const LaunchBatch batch = scene.Launched(0);
  EXPECT_EQ(batch.units.size(), 1U);
  EXPECT_EQ(batch.binding, Binding::kVram);
}

TEST(Decide, RetriesRunAsTheyAreAfterTheirBackOffAndNeverSideBySide) {
  Scene scene;
  scene.devices[0].lanes = 2;
  scene.AddKey(Model());
  const RetryPiece piece{.units = {{1, 0}, {1, 1}}, .attempt = 2, .not_before = S(7)};
  scene.keys[0].retry = &piece;
  scene.queues[0].Push(1, 2, 20, S(0));
  const Wait wait = scene.Waited(6.999);
  EXPECT_EQ(wait.what, WaitFor::kBackoff);
  EXPECT_EQ(wait.until, S(7));
  const LaunchBatch batch = scene.Launched(7);
  EXPECT_EQ(batch.units, piece.units);
  EXPECT_EQ(batch.attempt, 2);
  EXPECT_EQ(batch.binding, Binding::kRetry);
  scene.keys[0].batches_in_flight = 1;
  scene.devices[0].batches_in_flight = 1;
  EXPECT_EQ(scene.Waited(7).what, WaitFor::kLane);
}

TEST(Decide, WaitsForALaneAndForADeviceThatIsAway) {
  Scene scene;
  scene.AddKey(Model());
  scene.queues[0].Push(1, 0, 20, S(0));
  scene.devices[0].batches_in_flight = 1;
  EXPECT_EQ(scene.Waited(0).what, WaitFor::kLane);
  scene.devices[0].available = false;
  EXPECT_EQ(scene.Waited(0).what, WaitFor::kDevice);
}

TEST(Decide, AStoppedKeySaysNothing) {
  Scene scene;
  scene.AddKey(Model());
  scene.queues[0].Push(1, 0, 20, S(0));
  scene.keys[0].stopped = true;
  EXPECT_TRUE(scene.At(0).empty());
}

TEST(Decide, VideosLongestFirstByCoresAndMemory) {
  Scene scene;
  scene.videos.Push({.video = 1, .ms = 10, .mb = 100});
  scene.videos.Push({.video = 2, .ms = 30, .mb = 100});
  scene.videos.Push({.video = 3, .ms = 30, .mb = 100});
  EXPECT_EQ(std::get<LaunchVideo>(scene.At(0).front()).video, 2) << "of equal ones the first";
  scene.in_flight = 1;
  scene.cores_busy = 1;
  EXPECT_EQ(std::get<Wait>(scene.At(0).front()).what, WaitFor::kLane);
  scene.cores = 2;
  scene.video_device = 0;
  scene.devices[0].declared_mb = 150;
  scene.devices[0].ours_mb = 100;
  EXPECT_EQ(std::get<Wait>(scene.At(0).front()).what, WaitFor::kMemory);
  scene.devices[0].declared_mb = 99;
  const auto rejected = std::get<RejectVideo>(scene.At(0).front());
  EXPECT_EQ(rejected.video, 2);
  EXPECT_EQ(rejected.code, base::Code::kOutOfMemory);
}

TEST(Decide, FastWhereTheDeadlineWouldBeMissed) {
  Scene scene;
  scene.videos.Push({.video = 1, .ms = 1000, .fast_ms = 500});
  scene.videos.Push({.video = 2, .ms = 900});
  scene.policy.deadline = S(2);
  EXPECT_FALSE(std::get<LaunchVideo>(scene.At(0).front()).fast);
  const auto late = std::get<LaunchVideo>(scene.At(0.2).front());
  EXPECT_TRUE(late.fast);
  EXPECT_EQ(late.binding, Binding::kDeadline);
  scene.unseen_ms = 200;
  EXPECT_TRUE(std::get<LaunchVideo>(scene.At(0).front()).fast) << "more is still to come";
}

TEST(Decide, TheSameQuestionHasTheSameAnswer) {
  Scene scene;
  scene.devices[0].lanes = 3;
  for (int key = 0; key < 4; ++key) {
    scene.AddKey(Model(4 + key, 50.0 * (key + 1)));
    for (int video = 0; video < 5; ++video)
      scene.queues[static_cast<size_t>(key)].Push(video, 0, 3, S(video));
  }
  const auto texts = [](const std::vector<Decision>& decisions) {
    std::string text;
    for (const Decision& decision : decisions) {
      text += std::to_string(decision.index());
      if (const auto* batch = std::get_if<LaunchBatch>(&decision)) {
        for (const contracts::UnitId unit : batch->units)
          text += " " + std::to_string(unit.video) + ":" + std::to_string(unit.index);
      }
      text += "\n";
    }
    return text;
  };
  EXPECT_EQ(texts(scene.At(20)), texts(scene.At(20)));
}

TEST(Names, AreThoseOfTheSpec) {
  EXPECT_EQ(BindingName(Binding::kVram), "vram");
  EXPECT_EQ(BindingName(Binding::kRetry), "retry");
  EXPECT_EQ(BindingName(Binding::kDeadline), "deadline");
  EXPECT_EQ(WaitForName(WaitFor::kDevice), "device");
}

}  // namespace
}  // namespace reelbatch::planning
