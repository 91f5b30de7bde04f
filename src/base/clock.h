#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/mutex.h"

namespace reelbatch::base {

using Nanoseconds = std::chrono::nanoseconds;

/// The only way to read the time. Threads: every method may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes backwards; its zero has no meaning.
  virtual Nanoseconds Steady() const = 0;
  /// Wall time since 1970-01-01T00:00:00Z.
  virtual Nanoseconds Wall() const = 0;
  /// Waits until `condition` is notified or `time` has passed on this clock, or less: the
  /// caller checks again in a loop. `mutex` is held before and after, and released meanwhile.
  virtual void WaitFor(ConditionVariable& condition, Mutex& mutex, Nanoseconds time) const
      REQUIRES(mutex);
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Nanoseconds Steady() const override;
  Nanoseconds Wall() const override;
};

/// Real steady time (for progress and the watchdog), but a fixed wall time (for what is written).
/// Source: SOURCE_DATE_EPOCH of reproducible-builds.org.
class FixedWallClock final : public Clock {
 public:
  explicit FixedWallClock(Nanoseconds wall) : wall_(wall) {}
  Nanoseconds Steady() const override;
  Nanoseconds Wall() const override { return wall_; }

 private:
  Nanoseconds wall_;
};

/// A clock that only moves when a test moves it. Threads: any.
class ManualClock final : public Clock {
 public:
  Nanoseconds Steady() const override { return now_.load(); }
  Nanoseconds Wall() const override { return now_.load(); }
  /// Returns soon, whether or not the clock has moved, so that the caller checks again.
  void WaitFor(ConditionVariable& condition, Mutex& mutex, Nanoseconds time) const override
      REQUIRES(mutex);
  void Advance(Nanoseconds by) { now_.store(now_.load() + by); }
  /// The number of calls of WaitFor(): a test that waits for it to increase needs no sleep.
  int64_t waits() const { return waits_.load(); }

 private:
  std::atomic<Nanoseconds> now_{Nanoseconds(0)};
  mutable std::atomic<int64_t> waits_{0};
};

/// CPU time of the calling thread, to measure the cost of work; its zero has no meaning.
Nanoseconds ThreadCpuTime();

/// "2026-11-22T14:03:09.250Z" for a wall time.
std::string Iso8601(Nanoseconds wall);

}  // namespace reelbatch::base
