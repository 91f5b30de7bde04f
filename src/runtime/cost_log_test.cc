#include "runtime/cost_log.h"

#include <gtest/gtest.h>

namespace reelbatch::runtime {
namespace {

using std::chrono_literals::operator""ms;

/// Works until the thread has used some CPU time.
int Burn(base::Nanoseconds cpu) {
  const base::Nanoseconds begin = base::ThreadCpuTime();
  volatile int rounds = 0;
  while (base::ThreadCpuTime() - begin < cpu) rounds = rounds + 1;
  return rounds;
}

TEST(CostLog, AddsUpByWhatTookIt) {
  CostLog log;
  EXPECT_GT(log.Of(1, [] { return Burn(2ms); }), 0);
  log.Of(1, [] { return Burn(1ms); });
  log.Decoding([] { return Burn(1ms); });
  EXPECT_GE(log.OfComponent(1), 3ms);
  EXPECT_LT(log.OfComponent(1), 1000ms) << "of this thread alone";
  EXPECT_EQ(log.OfComponent(0), 0ms);
  EXPECT_EQ(log.OfComponent(7), 0ms);
  ASSERT_TRUE(log.OfDecoding());
  EXPECT_GE(*log.OfDecoding(), 1ms);
}

TEST(CostLog, DoesNotSayWhatNobodySaw) {
  CostLog log;
  EXPECT_FALSE(log.OfDecoding());
  log.Decoding([] { return 0; });
  EXPECT_TRUE(log.OfDecoding());
  log.DecodingUnknown();
  EXPECT_FALSE(log.OfDecoding());
}

}  // namespace
}  // namespace reelbatch::runtime
