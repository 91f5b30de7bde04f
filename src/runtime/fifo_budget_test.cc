#include "runtime/fifo_budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace reelbatch::runtime {
namespace {

void WaitForQueue(const FifoBudget& budget, int length) {
  while (budget.waiting() != length) std::this_thread::yield();
}

TEST(FifoBudget, CountsAndRefusesWhatNeverFits) {
  FifoBudget budget(100);
  EXPECT_TRUE(budget.Acquire(60));
  EXPECT_TRUE(budget.Acquire(40));
  EXPECT_EQ(budget.in_use(), 100);
  EXPECT_FALSE(budget.Fits(101));
  EXPECT_FALSE(budget.Acquire(101));
  budget.Release(60);
  EXPECT_EQ(budget.in_use(), 40);
  EXPECT_EQ(budget.most_in_use(), 100);
}

TEST(FifoBudget, ZeroIsNoBound) {
  FifoBudget budget(0);
  EXPECT_TRUE(budget.Acquire(int64_t{1} << 50));
  EXPECT_EQ(budget.in_use(), int64_t{1} << 50);
}

TEST(FifoBudget, TheLongestWaitingIsNextAlsoWhenASmallerOneWouldFit) {
  FifoBudget budget(10);
  ASSERT_TRUE(budget.Acquire(6));
  std::vector<int> order;  // written by one admitted thread at a time
  std::thread large([&] {
    ASSERT_TRUE(budget.Acquire(9));
    order.push_back(9);
    budget.Release(9);
  });
  WaitForQueue(budget, 1);
  std::thread small([&] {
    ASSERT_TRUE(budget.Acquire(4));  // fits beside the 6, but has to wait behind the 9
    order.push_back(4);
    budget.Release(4);
  });
  WaitForQueue(budget, 2);
  EXPECT_EQ(budget.in_use(), 6);
  budget.Release(6);
  large.join();
  small.join();
  EXPECT_EQ(order, (std::vector<int>{9, 4}));
  EXPECT_EQ(budget.in_use(), 0);
}

TEST(FifoBudget, StopEndsEveryWait) {
  FifoBudget budget(1);
  ASSERT_TRUE(budget.Acquire(1));
  std::thread waiter([&] { EXPECT_FALSE(budget.Acquire(1)); });
  WaitForQueue(budget, 1);
  budget.Stop();
  waiter.join();
  EXPECT_FALSE(budget.Acquire(1));
  EXPECT_EQ(budget.waiting(), 0);
  EXPECT_EQ(budget.in_use(), 1);
}

}  // namespace
}  // namespace reelbatch::runtime
