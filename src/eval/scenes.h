#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "eval/truth.h"

namespace reelbatch::eval {

struct Counts {
  int64_t tp = 0;
  int64_t fp = 0;
  int64_t fn = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

/// TransNetV2's evaluate_scenes: `start` is a last old frame, `end` a first new one, both lists by
/// time. Every transition is [start + .5 - s, end - .5 + s], s = tolerance / 2; one sweep from left
/// to right, where any overlap is a hit and both sides advance.
Counts SweepScenes(const std::vector<Span>& truth, const std::vector<Span>& predicted,
                   double tolerance);

/// One line of a published result, and what SweepScenes makes of the same scenes.
struct FixtureRow {
  int tolerance = 0;
  Counts expected;
  double expected_f1 = 0;  // to four decimals
  Counts found;
  bool agrees = false;
};

/// {"videos": {ID: {"gt": [[first, last], ...], "pred": ...}}, "expected": {TOLERANCE: {"tp", "fp",
/// "fn", "f1"}}}, scenes with both ends inclusive. Errors: corrupt (names the field).
base::Result<std::vector<FixtureRow>> CheckFixture(std::string_view json, std::string_view name);

}  // namespace reelbatch::eval
