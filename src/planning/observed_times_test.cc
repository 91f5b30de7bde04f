#include "planning/observed_times.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

BatchCost Cost() {
  BatchCost cost{.max_batch = 8};
  cost.points = {{.batch = 1, .ms = 1, .peak_mb = 5},
                 {.batch = 2, .ms = 1, .peak_mb = 5},
                 {.batch = 8, .ms = 2, .peak_mb = 5}};
  return cost;
}

std::vector<double> MsOf(const BatchCost& cost) {
  std::vector<double> ms;
  for (const BatchCost::Point& point : cost.points) ms.push_back(point.ms);
  return ms;
}

TEST(TakeObservedTimes, WhatWasSeenStandsAndTheRestFollowsItsNearest) {
  BatchCost cost = Cost();
  TakeObservedTimes(std::vector<BatchCost::Point>{{.batch = 1, .ms = 5}}, cost);
  EXPECT_EQ(MsOf(cost), (std::vector<double>{5, 5, 10}));
  cost = Cost();
  TakeObservedTimes(std::vector<BatchCost::Point>{{.batch = 1, .ms = 5}, {.batch = 8, .ms = 20}},
                    cost);
  EXPECT_EQ(MsOf(cost), (std::vector<double>{5, 5, 20}));
  EXPECT_EQ(cost.points[0].peak_mb, 5) << "memory is as it was";
}

TEST(TakeObservedTimes, ASizeThatWasSeenDoesNotMakeTheOthersLookCheap) {
  BatchCost cost = Cost();
  TakeObservedTimes(std::vector<BatchCost::Point>{{.batch = 8, .ms = 20}}, cost);
  EXPECT_EQ(BestRatioBatch(cost, 8), 8) << "all take ten times as long: the best is the best";
}

TEST(TakeObservedTimes, NothingSeenChangesNothing) {
  BatchCost cost = Cost();
  TakeObservedTimes({}, cost);
  TakeObservedTimes(std::vector<BatchCost::Point>{{.batch = 2, .ms = 0}}, cost);
  EXPECT_EQ(MsOf(cost), MsOf(Cost()));
}

}  // namespace
}  // namespace reelbatch::planning
