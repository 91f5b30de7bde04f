#include "store/exports/webvtt.h"

#include <fmt/format.h>

#include "base/units.h"
#include "store/exports/player_time.h"

namespace reelbatch::store {

std::string CutsWebVtt(const contracts::EventList& record) {
  std::string text = "WEBVTT\n";
  for (const contracts::Shot& shot : record.shots) {
    const std::string start = base::FormatTimecode(PlayerSeconds(record, shot.start_s));
    const std::string end = base::FormatTimecode(PlayerSeconds(record, shot.end_s));
    if (start == end) continue;
    text += fmt::format("\n{}\n{} --> {}\nShot {}\n", shot.index + 1, start, end, shot.index + 1);
  }
  return text;
}

}  // namespace reelbatch::store
