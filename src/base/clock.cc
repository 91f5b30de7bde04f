#include "base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace reelbatch::base {

Nanoseconds SystemClock::Steady() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

Nanoseconds SystemClock::Wall() const {
  return std::chrono::system_clock::now().time_since_epoch();
}

Nanoseconds FixedWallClock::Steady() const { return SystemClock().Steady(); }

std::string Iso8601(Nanoseconds wall) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(wall - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(seconds.count())), millis);
}

}  // namespace reelbatch::base
