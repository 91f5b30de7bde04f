#pragma once

#include <span>
#include <string>

#include "eval/report.h"
#include "eval/scenes.h"

namespace reelbatch::app {

/// A row per detector, with 95 % intervals; under it what each kind of transition comes to, and
/// what must be known. `per_clip`: what was missed and what was false, clip by clip.
std::string EvalText(std::span<const eval::Row> rows, int tolerance, bool per_clip, bool color);

/// Published counts beside ours.
std::string FixtureText(std::span<const eval::FixtureRow> rows, bool color);

}  // namespace reelbatch::app
