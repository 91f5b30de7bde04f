#include "store/exports/chapters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "store/exports/player_time.h"

namespace reelbatch::store {
namespace {

/// '=', ';', '#', '\' and newline take a backslash. Source: ffmpeg-formats(1), "Metadata".
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '=' || c == ';' || c == '#' || c == '\\' || c == '\n') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

int64_t Milliseconds(const contracts::EventList& record, double pts_s) {
  return std::llround(PlayerSeconds(record, pts_s) * 1000.0);
}

}  // namespace

std::string CutsChapters(const contracts::EventList& record) {
  std::string text = fmt::format(";FFMETADATA1\ntitle={}\n", Escaped(record.video));
  for (const contracts::Shot& shot : record.shots) {
    const int64_t start = Milliseconds(record, shot.start_s);
    text += fmt::format("\n[CHAPTER]\nTIMEBASE=1/1000\nSTART={}\nEND={}\ntitle=Shot {}\n", start,
                        std::max(start, Milliseconds(record, shot.end_s)), shot.index + 1);
  }
  return text;
}

}  // namespace reelbatch::store
