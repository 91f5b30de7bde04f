#include "measure/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::measure {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::ElementsAre;

/// A call that takes the next of these times, the last one for ever; it computes throughout unless
/// told.
class Script {
 public:
  Script(std::vector<int> ms, double computes = 1) : ms_(std::move(ms)), computes_(computes) {}

  TimedCall Call() {
    return [this]() -> base::Result<std::vector<CallTime>> {
      const int ms = ms_[std::min(static_cast<size_t>(calls_), ms_.size() - 1)];
      ++calls_;
      const microseconds cpu(static_cast<int64_t>(1000 * ms * computes_));
      return std::vector<CallTime>{{.wall = milliseconds(ms), .cpu = cpu}};
    };
  }
  int calls() const { return calls_; }

 private:
  std::vector<int> ms_;
  double computes_;
  int calls_ = 0;
};

const base::CancelToken kNeverStop;

TEST(Protocol, KnowsTheProfiles) {
  EXPECT_EQ(ProtocolOf("fast"),
            (Protocol{.profile = "fast", .warmup = 1, .repeats = 10, .runs = 1}));
  EXPECT_EQ(ProtocolOf("stable"),
            (Protocol{.profile = "stable", .warmup = 3, .repeats = 30, .runs = 3}));
  EXPECT_EQ(ProtocolOf("matrix"),
            (Protocol{.profile = "matrix", .warmup = 1, .repeats = 3, .runs = 1}));
  const auto wrong = ProtocolOf("slow");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(wrong.error().message, testing::HasSubstr("fast, stable, matrix"));
}

TEST(Protocol, EveryRunWarmsUp) {
  Script script({90, 10, 10, 80, 10, 10});
  const Protocol twice{.warmup = 1, .repeats = 2, .runs = 2};
  const auto measured = MeasureByProtocol(twice, script.Call(), kNeverStop);
  ASSERT_TRUE(measured);
  EXPECT_THAT(measured->samples_ms, ElementsAre(10, 10, 10, 10));
  EXPECT_EQ(script.calls(), 6);
  EXPECT_EQ(measured->attempts, 1);
  EXPECT_FALSE(measured->noisy);
}

TEST(Protocol, ARestlessRowIsMeasuredAgainAndTheQuietestKept) {
  const Protocol two{.warmup = 0, .repeats = 2, .runs = 1};
  Script calms({10, 20, 10, 10});
  const auto calm = MeasureByProtocol(two, calms.Call(), kNeverStop);
  ASSERT_TRUE(calm);
  EXPECT_THAT(calm->samples_ms, ElementsAre(10, 10));
  EXPECT_EQ(calm->attempts, 2);
  EXPECT_FALSE(calm->noisy);

  Script never({10, 20, 10, 12, 10, 30, 10, 40, 10, 10});
  const auto noisy = MeasureByProtocol(two, never.Call(), kNeverStop);
  ASSERT_TRUE(noisy);
  EXPECT_THAT(noisy->samples_ms, ElementsAre(10, 12));
  EXPECT_EQ(noisy->attempts, 1 + kMostRepeats);
  EXPECT_EQ(never.calls(), 2 * (1 + kMostRepeats));
  EXPECT_TRUE(noisy->noisy);
}

TEST(Protocol, TheBoundItselfIsQuiet) {
  Measurement measured;
  measured.statistics.cv = kMostSpread;
  measured.waited = kMostWaited;
  EXPECT_FALSE(IsNoisy(measured));
  measured.statistics.cv = kMostSpread + 1e-6;
  EXPECT_TRUE(IsNoisy(measured));
}

TEST(Protocol, ACallThatWaitsIsNoisyHoweverSteady) {
  Script script({10}, 0.8);
  const auto measured =
      MeasureByProtocol({.warmup = 0, .repeats = 3, .runs = 1}, script.Call(), kNeverStop);
  ASSERT_TRUE(measured);
  EXPECT_DOUBLE_EQ(measured->waited, 0.2);
  EXPECT_DOUBLE_EQ(measured->cpu_ms, 8);
  EXPECT_TRUE(measured->noisy);
}

TEST(Protocol, StopsBetweenCallsAndPassesErrorsOn) {
  base::CancelToken cancel;
  int calls = 0;
  const TimedCall cancels = [&]() -> base::Result<std::vector<CallTime>> {
    if (++calls == 2) cancel.Cancel();
    return std::vector<CallTime>(1);
  };
  const auto stopped = MeasureByProtocol({.warmup = 1, .repeats = 9, .runs = 1}, cancels, cancel);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, base::Code::kCancelled);
  EXPECT_EQ(calls, 2);

  const TimedCall fails = [] -> base::Result<std::vector<CallTime>> {
    return base::Fail(base::Code::kOutOfMemory, "no memory");
  };
  const auto failed = MeasureByProtocol({}, fails, kNeverStop);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, base::Code::kOutOfMemory);
}

TEST(Stopwatch, ReadsTheClockItIsGiven) {
  base::ManualClock clock;
  Stopwatch watch(clock);
  watch.Start();
  clock.Advance(milliseconds(3));
  watch.Stop();
  clock.Advance(milliseconds(100));
  watch.Start();
  clock.Advance(milliseconds(4));
  watch.Stop();
  EXPECT_EQ(watch.taken().wall, milliseconds(7));
}

}  // namespace
}  // namespace reelbatch::measure
