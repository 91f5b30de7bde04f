#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "eval/scenes.h"

namespace reelbatch::eval {

/// Where the presets see cuts in one video: seconds, ascending.
struct PresetTimes {
  std::string video_id;
  std::string video_path;
  int64_t frames = 0;
  double tolerance_s = 0.05;                           // how far apart two may be
  std::map<std::string, std::vector<double>> times_s;  // by preset; the reference is among them
};

/// max(.05 s, 1.5 times the median step of the timeline): one frame and a half, but for very fast
/// timelines. Source: docs/requirements.md, "Quality".
double ToleranceSeconds(std::vector<double> pts_s);

/// Matched one to one within the tolerance, by maximum matching.
Counts CompareTimes(const std::vector<double>& reference, const std::vector<double>& predicted,
                    double tolerance_s);

/// The origin's report of how presets differ from `reference`: created_at, presets, notes, videos
/// with every event's time and what became of it, and the same over all videos ("stitched").
base::Json PresetReport(const std::vector<PresetTimes>& videos, const std::string& reference,
                        const std::string& created_at, const std::string& analysis_size);

}  // namespace reelbatch::eval
