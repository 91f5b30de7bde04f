#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contracts/video.h"

namespace reelbatch::store {

/// Whether the rate has drop frame numbers: 30000/1001 and 60000/1001. Source: SMPTE 12M.
bool HasDropFrame(const contracts::Rational& rate);

/// The rate that timecode counts a constant `rate` in: itself where it is 24000/1001, 24, 25,
/// 30000/1001, 30, 48000/1001, 48, 50, 60000/1001 or 60 (OpenTimelineIO's opentime takes these);
/// else the largest one that divides it (120 -> 60, 120000/1001 -> 60000/1001, 1000 -> 50); else
/// the smallest multiple of it (15 -> 30, 12.5 -> 25); else the smallest whole one above it, at
/// most 60 (29.5 -> 30).
contracts::Rational TimecodeBase(const contracts::Rational& rate);

/// The rate that a video without a constant one is counted in: the whole one that is nearest to its
/// mean, because its labels then equal the time on a clock. 25 where the mean is not known (not
/// above 0).
contracts::Rational BaseOfMean(double frames_per_second);

/// A rate as people type it: "25", "23.976", "12.5", "30000/1001"; from 1 to 1000. It is a
/// contracts::SnappedRate(): 29.97 is 30000/1001. Errors: invalid_argument.
base::Result<contracts::Rational> ParseRate(std::string_view text);

/// "25", "29.97", "12.5".
std::string RateText(const contracts::Rational& rate);

}  // namespace reelbatch::store
