#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "eval/scenes.h"

namespace reelbatch::eval {

/// The cuts of the presets in one video: seconds, ascending.
struct PresetTimes {
  std::string video_id;
  std::string video_path;
  int64_t frames = 0;
  double tolerance_s = 0.05;                           // the largest distance of a match
  std::map<std::string, std::vector<double>> times_s;  // by preset, including the reference
};

/// max(.05 s, 1.5 times the median step of the timeline): one frame and a half, except for very
/// fast timelines. Source: docs/requirements.md, "Quality".
double ToleranceSeconds(std::vector<double> pts_s);

/// Matched one to one within the tolerance, by maximum matching.
Counts CompareTimes(const std::vector<double>& reference, const std::vector<double>& predicted,
                    double tolerance_s);

/// The report of the original programs on differences of presets from `reference`: created_at,
/// presets, notes, videos with the time and match of every event, and the same over all videos
/// ("stitched").
base::Json PresetReport(const std::vector<PresetTimes>& videos, const std::string& reference,
                        const std::string& created_at, const std::string& analysis_size);

}  // namespace reelbatch::eval
