#include "base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace reelbatch::base {

void Clock::WaitFor(ConditionVariable& condition, Mutex& mutex, Nanoseconds time) const {
  condition.wait_for(mutex, time);
}

void ManualClock::WaitFor(ConditionVariable& condition, Mutex& mutex, Nanoseconds /*time*/) const {
  ++waits_;
  condition.wait_for(mutex, std::chrono::milliseconds(1));
}

Nanoseconds SystemClock::Steady() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

Nanoseconds SystemClock::Wall() const {
  return std::chrono::system_clock::now().time_since_epoch();
}

Nanoseconds FixedWallClock::Steady() const { return SystemClock().Steady(); }

Nanoseconds ThreadCpuTime() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

std::string Iso8601(Nanoseconds wall) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(wall - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(seconds.count())), millis);
}

}  // namespace reelbatch::base
