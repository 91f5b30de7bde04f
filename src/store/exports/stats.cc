#include "store/exports/stats.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "store/exports/player_time.h"

namespace reelbatch::store {
namespace {

struct Column {
  std::string_view name;
  const std::vector<float>* values = nullptr;
  size_t first_row = 0;  // 1: of pairs, whose first value belongs to the second frame
};

std::vector<Column> ColumnsOf(const FrameSignals& signals) {
  std::vector<Column> columns = {{"hist_diff_l1", &signals.pairs.hist_diff_l1, 1},
                                 {"ssim_drop", &signals.pairs.ssim_drop, 1},
                                 {"flow_mag", &signals.pairs.flow_mag, 1},
                                 {"hard_score", &signals.pairs.hard_score, 1}};
  if (signals.soft) {
    columns.push_back({"soft_hsv_v", &signals.soft->hsv_v, 0});
    columns.push_back({"soft_lab_l", &signals.soft->lab_l, 0});
  }
  if (signals.motion) {
    columns.push_back({"motion_flow_mag", &signals.motion->flow_mag, 1});
    columns.push_back({"motion_dir_consistency", &signals.motion->dir_consistency, 1});
    columns.push_back({"motion_mag_variance", &signals.motion->mag_variance, 1});
  }
  return columns;
}

}  // namespace

std::string CutsStats(const CutsRecord& record) {
  const FrameSignals none;
  const FrameSignals& signals = record.signals ? *record.signals : none;
  const std::vector<Column> columns = ColumnsOf(signals);
  std::string csv = "Frame Number,Timecode";
  for (const Column& column : columns) csv += fmt::format(",{}", column.name);
  csv += "\n";
  for (size_t row = 0; row < signals.timeline.size(); ++row) {
    csv += fmt::format("{},{}", signals.timeline.frame_indices[row] + 1,
                       base::FormatTimecode(PlayerSeconds(record, signals.timeline.pts_s[row])));
    for (const Column& column : columns) {
      csv += ",";
      const size_t at = row - column.first_row;  // wraps where the first frame has no value
      if (at < column.values->size() && std::isfinite((*column.values)[at]))
        csv += fmt::format("{}", (*column.values)[at]);
    }
    csv += "\n";
  }
  return csv;
}

}  // namespace reelbatch::store
