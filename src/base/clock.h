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
  /// Never goes backwards; its zero means nothing.
  virtual Nanoseconds Steady() const = 0;
  /// Wall time since 1970-01-01T00:00:00Z.
  virtual Nanoseconds Wall() const = 0;
  /// Waits until `condition` is notified or `time` has passed on this clock, or for less: the
  /// caller looks again in a loop. `mutex` is held before and after, and free meanwhile.
  virtual void WaitFor(ConditionVariable& condition, Mutex& mutex, Nanoseconds time) const
      REQUIRES(mutex);
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Nanoseconds Steady() const override;
  Nanoseconds Wall() const override;
};

/// Real steady time (for progress and the watchdog), one fixed wall time (for what is written).
/// Source: SOURCE_DATE_EPOCH of reproducible-builds.org.
class FixedWallClock final : public Clock {
 public:
  explicit FixedWallClock(Nanoseconds wall) : wall_(wall) {}
  Nanoseconds Steady() const override;
  Nanoseconds Wall() const override { return wall_; }

 private:
  Nanoseconds wall_;
};

/// A clock that only moves when told, for tests. Threads: any.
class ManualClock final : public Clock {
 public:
  Nanoseconds Steady() const override { return now_.load(); }
  Nanoseconds Wall() const override { return now_.load(); }
  /// Returns after a moment whether or not the clock has moved, so that the caller looks again.
  void WaitFor(ConditionVariable& condition, Mutex& mutex, Nanoseconds time) const override
      REQUIRES(mutex);
  void Advance(Nanoseconds by) { now_.store(now_.load() + by); }
  /// How often WaitFor() was called: a test that waits for this to grow needs no sleep.
  int64_t waits() const { return waits_.load(); }

 private:
  std::atomic<Nanoseconds> now_{Nanoseconds(0)};
  mutable std::atomic<int64_t> waits_{0};
};

/// CPU time that the calling thread has used, for saying what work cost; its zero means nothing.
Nanoseconds ThreadCpuTime();

/// "2026-11-22T14:03:09.250Z" for a wall time.
std::string Iso8601(Nanoseconds wall);

}  // namespace reelbatch::base
