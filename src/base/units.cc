#include "base/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace reelbatch::base {
namespace {

/// A finite, plain decimal number and what follows it.
bool TakeNumber(std::string_view& text, double& value) {
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (code != std::errc() || !std::isfinite(value)) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

std::string Lower(std::string_view text) {
  std::string lower;
  for (const char c : text) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  return lower;
}

}  // namespace

Result<int64_t> ParseBytes(std::string_view text) {
  const std::string shown(text);
  double number = 0;
  if (!TakeNumber(text, number)) {
    return Fail(Code::kInvalidArgument, fmt::format("'{}' is not a size; write 512M or 2G", shown));
  }
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string unit = Lower(text);
  double scale = 1;
  if (unit == "k" || unit == "kb" || unit == "kib") {
    scale = 1024.0;
  } else if (unit == "m" || unit == "mb" || unit == "mib") {
    scale = 1048576.0;
  } else if (unit == "g" || unit == "gb" || unit == "gib") {
    scale = 1073741824.0;
  } else if (unit == "t" || unit == "tb" || unit == "tib") {
    scale = 1099511627776.0;
  } else if (!unit.empty() && unit != "b") {
    return Fail(Code::kInvalidArgument,
                fmt::format("'{}' has an unknown unit; use K, M, G or T", shown));
  }
  const double bytes = number * scale;
  if (!(bytes >= 1.0 && bytes < 4.6e18)) {
    return Fail(Code::kInvalidArgument, fmt::format("'{}' is out of range", shown));
  }
  return static_cast<int64_t>(bytes);
}

std::string FormatBytes(int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000.0 && unit + 1 < kUnits.size()) {
    value /= 1024.0;
    ++unit;
  }
  const bool fraction = unit > 0 && value < 9.95;
  return fmt::format("{:.{}f} {}", value, fraction ? 1 : 0, kUnits[unit]);
}

Result<double> ParseSeconds(std::string_view text) {
  const auto fail = [shown = std::string(text)]() {
    return Fail(Code::kInvalidArgument,
                fmt::format("'{}' is not a time; write 12.5, 90s, 2m or 00:01:30.5", shown));
  };
  std::vector<double> fields;
  while (true) {
    double value = 0;
    if (!TakeNumber(text, value) || value < 0) return fail();
    fields.push_back(value);
    if (!text.starts_with(':')) break;
    text.remove_prefix(1);
  }
  if (fields.size() > 3) return fail();
  for (size_t i = 1; i < fields.size(); ++i) {
    if (fields[i] >= 60) return fail();
  }
  double seconds = 0;
  for (const double field : fields) seconds = seconds * 60 + field;
  if (fields.size() == 1) {
    if (text == "m" || text == "min") return seconds * 60;
    if (text == "h") return seconds * 3600;
    if (text == "ms") return seconds / 1000;
    if (text == "s") return seconds;
  }
  if (!text.empty()) return fail();
  return seconds;
}

std::string FormatTimecode(double seconds) {
  if (!std::isfinite(seconds)) return "--:--:--.---";
  const auto millis = std::llround(std::fabs(seconds) * 1000.0);
  return fmt::format("{}{:02}:{:02}:{:02}.{:03}", seconds < 0 && millis > 0 ? "-" : "",
                     millis / 3600000, millis / 60000 % 60, millis / 1000 % 60, millis % 1000);
}

}  // namespace reelbatch::base
