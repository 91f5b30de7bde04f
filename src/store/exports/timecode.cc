#include "store/exports/timecode.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace reelbatch::store {
namespace {

constexpr int64_t kHoursOfDay = 24;

int64_t DroppedPerMinute(const TimecodeCount& count) {
  return count.drop_frame ? count.per_second / 15 : 0;
}

}  // namespace

std::string TimecodeText(const TimecodeCount& count, int64_t frame) {
  if (count.drop_frame) {
    const int64_t dropped = DroppedPerMinute(count);
    const int64_t per_minute = count.per_second * 60 - dropped;
    const int64_t per_ten_minutes = per_minute * 10 + dropped;
    const int64_t tens = frame / per_ten_minutes;
    const int64_t rest = frame % per_ten_minutes;
    frame += dropped * 9 * tens;
    if (rest >= dropped) frame += dropped * ((rest - dropped) / per_minute);
  }
  const int64_t seconds = frame / count.per_second;
  return fmt::format("{:02}:{:02}:{:02}{}{:02}", seconds / 3600 % kHoursOfDay, seconds / 60 % 60,
                     seconds % 60, count.drop_frame ? ';' : ':', frame % count.per_second);
}

std::optional<TimecodeLabel> ParseTimecode(std::string_view text) {
  TimecodeLabel label;
  const char* at = std::to_address(text.begin());
  const char* const end = std::to_address(text.end());
  for (int64_t* const part : {&label.hours, &label.minutes, &label.seconds, &label.frames}) {
    if (part != &label.hours) {
      const bool last = part == &label.frames;
      if (at == end || (*at != ':' && !(last && (*at == ';' || *at == '.')))) return std::nullopt;
      ++at;
    }
    const auto [stop, code] = std::from_chars(at, end, *part);
    if (code != std::errc() || *part < 0) return std::nullopt;
    at = stop;
  }
  constexpr int64_t kMostFrames = 999;
  constexpr int64_t kMostHours = 99;
  if (at != end || label.minutes > 59 || label.seconds > 59) return std::nullopt;
  if (label.frames > kMostFrames || label.hours > kMostHours) return std::nullopt;
  label.hours %= kHoursOfDay;
  return label;
}

int64_t FrameOfLabel(const TimecodeCount& count, const TimecodeLabel& label) {
  const int64_t minutes = label.hours * 60 + label.minutes;
  const int64_t dropped = DroppedPerMinute(count);
  int64_t frames = label.frames;
  if (label.minutes % 10 != 0 && label.seconds == 0) frames = std::max(frames, dropped);
  const int64_t numbers = (minutes * 60 + label.seconds) * count.per_second + frames;
  return numbers - dropped * (minutes - minutes / 10);
}

}  // namespace reelbatch::store
