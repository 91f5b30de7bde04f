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

}  // namespace
}  // namespace reelbatch::runtime
