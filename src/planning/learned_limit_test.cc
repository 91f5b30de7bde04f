#include "planning/learned_limit.h"

#include <gtest/gtest.h>

namespace reelbatch::planning {
namespace {

constexpr base::Nanoseconds kLimitNow = std::chrono::hours(1000);

void Good(LearnedLimit& limit, int size, int times) {
  for (int k = 0; k < times; ++k) limit.Succeeded(size);
}

TEST(LearnedLimit, HalfOfWhatFailedThenHalfwayBack) {
  LearnedLimit limit;
  limit.Failed(12, kLimitNow);
  EXPECT_EQ(limit.limit, 6);
  Good(limit, 6, 15);
  EXPECT_EQ(limit.limit, 6);
  Good(limit, 6, 1);
  EXPECT_EQ(limit.limit, 9);
  limit.Failed(9, kLimitNow);
  EXPECT_EQ(limit.limit, 6) << "back to what is known to work";
  EXPECT_EQ(limit.failed_at, 9);
  Good(limit, 6, 31);
  EXPECT_EQ(limit.limit, 6) << "the next try needs twice as many";
  Good(limit, 6, 1);
  EXPECT_EQ(limit.limit, 7);
  Good(limit, 7, 32);
  EXPECT_EQ(limit.limit, 8);
  Good(limit, 8, 1000);
  EXPECT_EQ(limit.limit, 8) << "what failed is not tried again";
}

TEST(LearnedLimit, SmallerBatchesProveNothing) {
  LearnedLimit limit;
  limit.Failed(16, kLimitNow);
  Good(limit, 3, 1000);
  EXPECT_EQ(limit.limit, 8);
}

TEST(LearnedLimit, WhatWorkedBeforeMayFailToo) {
  LearnedLimit limit;
  limit.Failed(16, kLimitNow);
  Good(limit, 8, 20);
  limit.Failed(8, kLimitNow);
  EXPECT_EQ(limit.limit, 4);
  limit.Failed(4, kLimitNow);
  limit.Failed(2, kLimitNow);
  EXPECT_EQ(limit.limit, 1);
}

TEST(LearnedLimit, IsForgottenAfterAWeek) {
  LearnedLimit limit;
  limit.Failed(16, kLimitNow);
  limit.Expire(kLimitNow + LearnedLimit::kExpires);
  EXPECT_EQ(limit.limit, 8);
  limit.Expire(kLimitNow + LearnedLimit::kExpires + base::Nanoseconds(1));
  EXPECT_EQ(limit.limit, 0);
  EXPECT_EQ(limit.failed_at, 0);
}

}  // namespace
}  // namespace reelbatch::planning
