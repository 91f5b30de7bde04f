#include "store/exports/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "store/exports/player_time.h"

namespace reelbatch::store {

namespace {

/// So that timecode and seconds of one row round alike.
double WholeMilliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

}  // namespace

std::string CutsCsv(const contracts::EventList& record) {
  std::string csv = "Timecode List:";
  for (size_t i = 1; i < record.shots.size(); ++i) {
    csv += "," + base::FormatTimecode(PlayerSeconds(record, record.shots[i].start_s));
  }
  csv +=
      "\nScene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,"
      "End Time (seconds),Length (frames),Length (timecode),Length (seconds)\n";
  for (const contracts::Shot& shot : record.shots) {
    const double start_s = WholeMilliseconds(PlayerSeconds(record, shot.start_s));
    const double end_s = WholeMilliseconds(PlayerSeconds(record, shot.end_s));
    const double length_s = std::max(0.0, end_s - start_s);
    csv += fmt::format("{},{},{},{:.3f},{},{},{:.3f},{},{},{:.3f}\n", shot.index + 1,
                       shot.start_frame + 1, base::FormatTimecode(start_s), start_s, shot.end_frame,
                       base::FormatTimecode(end_s), end_s, shot.end_frame - shot.start_frame,
                       base::FormatTimecode(length_s), length_s);
  }
  return csv;
}

}  // namespace reelbatch::store
