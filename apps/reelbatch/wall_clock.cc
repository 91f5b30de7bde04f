#include "apps/reelbatch/wall_clock.h"

#include <charconv>
#include <chrono>
#include <string>

#include "apps/reelbatch/console.h"

namespace reelbatch::app {

base::Result<std::unique_ptr<base::Clock>> ChooseClock() {
  const auto epoch = Environment("SOURCE_DATE_EPOCH");
  if (!epoch) return std::make_unique<base::SystemClock>();
  constexpr int64_t kLast = 9'000'000'000;  // the year 2255: nanoseconds still fit 64 bits
  int64_t seconds = 0;
  const std::string text(*epoch);
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, seconds);
  if (code != std::errc() || stop != end || seconds < 0 || seconds > kLast) {
    return base::Fail(
        base::Code::kInvalidArgument,
        "'" + text + "' is not a number of seconds since 1970; correct it or unset it",
        "SOURCE_DATE_EPOCH");
  }
  return std::make_unique<base::FixedWallClock>(std::chrono::seconds(seconds));
}

}  // namespace reelbatch::app
