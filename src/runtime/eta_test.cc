#include "runtime/eta.h"

#include <gtest/gtest.h>

namespace reelbatch::runtime {
namespace {

constexpr double kNothing = -1;

TEST(Eta, SaysNothingBeforeItMeansSomething) {
  EtaEstimator eta;
  EXPECT_FALSE(eta.SecondsLeft(100));
  for (int s = 0; s < 10; ++s) eta.Update(s, 0);  // probing and hashing
  EXPECT_FALSE(eta.SecondsLeft(100));
  eta.Update(10, 1);  // the origin
  eta.Update(11, 5);
  eta.Update(12, 9);
  EXPECT_FALSE(eta.SecondsLeft(100));
}

TEST(Eta, ASteadyRateGivesTheExactAnswer) {
  EtaEstimator eta;
  for (int s = 1; s <= 10; ++s) eta.Update(s, 4.0 * s);
  ASSERT_TRUE(eta.SecondsLeft(100));
  EXPECT_NEAR(eta.SecondsLeft(100).value_or(kNothing), 25, 1e-9);
  EXPECT_DOUBLE_EQ(eta.SecondsLeft(-5).value_or(kNothing), 0);
}

TEST(Eta, FollowsAChangeOfRateWithoutJumping) {
  EtaEstimator eta;
  double done = 0;
  int s = 1;
  for (; s <= 60; ++s) eta.Update(s, done += 4);
  eta.Update(s++, done += 1);
  EXPECT_LT(eta.SecondsLeft(100).value_or(kNothing), 27);
  for (int i = 0; i < 200; ++i) eta.Update(s++, done += 1);
  EXPECT_NEAR(eta.SecondsLeft(100).value_or(kNothing), 100, 2);
}

TEST(Eta, AVideoThatStartsOverDoesNotTurnTheRateNegative) {
  EtaEstimator eta;
  for (int s = 1; s <= 5; ++s) eta.Update(s, 4.0 * s);
  eta.Update(6, 1);
  ASSERT_TRUE(eta.SecondsLeft(10));
  EXPECT_GT(eta.SecondsLeft(10).value_or(kNothing), 0);
}

}  // namespace
}  // namespace reelbatch::runtime
