#pragma once

#include <chrono>
#include <string>

namespace reelbatch::base {

using Nanoseconds = std::chrono::nanoseconds;

/// The only door to time. Threads: every method may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes backwards; its zero means nothing.
  virtual Nanoseconds Steady() const = 0;
  /// Wall time since 1970-01-01T00:00:00Z.
  virtual Nanoseconds Wall() const = 0;
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

/// A clock that only moves when told, for tests. Not synchronised: advance it while no one else
/// reads.
class ManualClock final : public Clock {
 public:
  Nanoseconds Steady() const override { return now_; }
  Nanoseconds Wall() const override { return now_; }
  void Advance(Nanoseconds by) { now_ += by; }

 private:
  Nanoseconds now_{0};
};

/// CPU time that the calling thread has used, for saying what work cost; its zero means nothing.
Nanoseconds ThreadCpuTime();

/// "2026-11-22T14:03:09.250Z" for a wall time.
std::string Iso8601(Nanoseconds wall);

}  // namespace reelbatch::base
