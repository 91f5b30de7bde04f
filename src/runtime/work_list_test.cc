#include "runtime/work_list.h"

#include <gtest/gtest.h>

#include <thread>

namespace reelbatch::runtime {
namespace {

std::vector<Input> Inputs(int count) {
  std::vector<Input> inputs;
  for (int i = 0; i < count; ++i) inputs.push_back({.id = i, .path = std::to_string(i)});
  return inputs;
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
    const auto task = list.Take();
    ASSERT_TRUE(task);
    EXPECT_EQ(task->input.id, i);
    EXPECT_FALSE(task->info);
    PutVideo(list, i, work[i]);
  }
  EXPECT_TRUE(list.all_probed());
  for (const int id : {1, 4, 0, 2, 3}) {
    EXPECT_EQ(list.left(), 5 - (id == 1 ? 0 : id == 4 ? 1 : id == 0 ? 2 : id == 2 ? 3 : 4));
    const auto task = list.Take();
    ASSERT_TRUE(task);
    EXPECT_EQ(task->input.id, id);
    EXPECT_TRUE(task->info);
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
  EXPECT_EQ(list.Take()->input.id, 7);
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
