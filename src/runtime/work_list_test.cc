#include "runtime/work_list.h"

#include <gtest/gtest.h>

#include <thread>

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
int TakeId(WorkList& list, Kind kind) {
  const std::optional<Task> task = list.Take();
  if (!task) return -1;
  EXPECT_EQ(task->outcome != nullptr, kind == Kind::kCommit);
  EXPECT_EQ(task->info != nullptr, kind == Kind::kDecode);
  return task->input.id;
}

void PutVideo(WorkList& list, int id, double work) {
  Task task;
  task.input.id = id;
  task.work = work;
  task.info = std::make_unique<contracts::VideoInfo>();
  list.Put(std::move(task));
}

TEST(WorkList, ProbesInOrderThenTheLongestFirstTiesById) {
  const auto inputs = Inputs(5);
  WorkList list(inputs);
  const double work[] = {3, 9, 3, 1, 9};
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(list.all_probed());
    EXPECT_EQ(TakeId(list, Kind::kProbe), i);
    PutVideo(list, i, work[i]);
  }
  EXPECT_TRUE(list.all_probed());
  int left = 5;
  for (const int id : {1, 4, 0, 2, 3}) {
    EXPECT_EQ(list.left(), left--);
    EXPECT_EQ(TakeId(list, Kind::kDecode), id);
    list.Finish();
  }
  EXPECT_FALSE(list.Take());
}

TEST(WorkList, AnOutcomeToCommitGoesFirst) {
  const auto inputs = Inputs(2);
  WorkList list(inputs);
  Task commit;
  commit.input.id = 7;
  commit.outcome = std::make_unique<contracts::VideoOutcome>();
  list.Put(std::move(commit));
  EXPECT_EQ(TakeId(list, Kind::kCommit), 7);
}

TEST(WorkList, AnIdleLaneWaitsUntilEverythingIsFinished) {
  const auto inputs = Inputs(1);
  WorkList list(inputs);
  ASSERT_TRUE(list.Take());
  std::thread idle([&] { EXPECT_FALSE(list.Take()); });
  list.Finish();
  idle.join();
}

TEST(WorkList, StopEndsTheWait) {
  const auto inputs = Inputs(1);
  WorkList list(inputs);
  ASSERT_TRUE(list.Take());
  std::thread idle([&] { EXPECT_FALSE(list.Take()); });
  list.Stop();
  idle.join();
  EXPECT_FALSE(list.Take());
  EXPECT_EQ(list.left(), 1);
}

}  // namespace
}  // namespace reelbatch::runtime
