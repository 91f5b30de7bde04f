#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reelbatch::base {

/// Bytes from "512", "64k", "1.5G", "300MiB", "2 GB". Units are powers of 1024, as in `ulimit` and
/// cgroups. Errors: invalid_argument (not a number, unknown unit, negative, zero, or beyond 2^62).
Result<int64_t> ParseBytes(std::string_view text);

/// "812 MiB", "1.5 GiB": three digits at most.
std::string FormatBytes(int64_t bytes);

/// Bytes in MiB.
inline double ToMib(int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

/// Seconds from "12.5", "90s", "1:30", "00:01:30.25" or "2m", "1h".
/// Errors: invalid_argument (anything else, or negative).
Result<double> ParseSeconds(std::string_view text);

/// "00:01:30.250": hours, minutes, seconds, milliseconds, rounded to the nearest; "-" in front
/// where negative.
std::string FormatTimecode(double seconds);

}  // namespace reelbatch::base
