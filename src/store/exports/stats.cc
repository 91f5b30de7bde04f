#include "store/exports/stats.h"

#include <fmt/format.h>

#include <cmath>

#include "base/units.h"
#include "store/exports/player_time.h"

namespace reelbatch::store {
std::string CutsStats(const contracts::EventList& record) {
  const contracts::FrameSignals none;
  const contracts::FrameSignals& signals = record.signals ? *record.signals : none;
  const size_t frames = signals.timeline.size();
  std::string csv = "Frame Number,Timecode";
  for (const contracts::FrameSeries& series : signals.series)
    csv += fmt::format(",{}", series.name);
  csv += "\n";
  for (size_t row = 0; row < frames; ++row) {
    csv += fmt::format("{},{}", signals.timeline.frame_indices[row] + 1,
                       base::FormatTimecode(PlayerSeconds(record, signals.timeline.pts_s[row])));
    for (const auto& [name, values] : signals.series) {
      csv += ",";
      // Of pairs the first value belongs to the second frame; wraps where there is none.
      const size_t at = row - (values.size() < frames ? 1 : 0);
      if (at < values.size() && std::isfinite(values[at])) csv += fmt::format("{}", values[at]);
    }
    csv += "\n";
  }
  return csv;
}

}  // namespace reelbatch::store
